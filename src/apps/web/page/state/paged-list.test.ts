import { describe, expect, test } from 'vitest';
import { type Page, PagedList } from './paged-list.ts';

/** A list of letters, two a page; `pages` may be replaced to fail. */
function letters(all = 'abcde') {
  const asked: (string | undefined)[] = [];
  const source = { away: false, all };
  const list = new PagedList<string>({
    idOf: (item) => item,
    read: async (cursor): Promise<Page<string>> => {
      asked.push(cursor);
      if (source.away) throw new Error('away');
      const start = Number(cursor ?? 0);
      const items = [...source.all].slice(start, start + 2);
      return { items, next: start + 2 < source.all.length ? `${start + 2}` : null };
    },
  });
  const shown = () => list.state.get().items.join('');
  return { list, asked, source, shown };
}

describe('a list that is read page by page', () => {
  test('is read to its end, and no further', async () => {
    const { list, asked, shown } = letters();
    await list.load();
    await list.load();
    expect(shown()).toBe('ab');
    for (let page = 0; page < 5; page += 1) await list.more();
    expect(shown()).toBe('abcde');
    expect(asked).toEqual([undefined, '2', '4']);
    expect(list.state.get()).toMatchObject({ status: 'ready', next: null });
  });

  test('asks once for a page that is wanted twice at the same time', async () => {
    const { list, asked } = letters();
    await list.load();
    await Promise.all([list.more(), list.more()]);
    expect(asked).toEqual([undefined, '2']);
  });

  test('keeps what it has when a page does not come, and asks for it again', async () => {
    const { list, source, shown } = letters();
    await list.load();
    source.away = true;
    await list.more();
    expect(list.state.get()).toMatchObject({ status: 'failed', error: new Error('away') });
    expect(shown()).toBe('ab');
    source.away = false;
    await list.more();
    expect(shown()).toBe('abcd');
  });

  test('asks for the first page again when that one did not come', async () => {
    const { list, source, shown } = letters();
    source.away = true;
    await list.load();
    source.away = false;
    await list.more();
    expect(shown()).toBe('ab');
  });

  test('shows nothing twice that was added here and comes again later', async () => {
    const { list, shown } = letters();
    await list.load();
    list.add('c');
    await list.more();
    expect(shown()).toBe('cabd');
  });

  test('takes nothing over from before a reload', async () => {
    const { list, source, shown } = letters();
    await list.load();
    const late = list.more();
    source.all = 'xyz';
    await list.reload();
    await late;
    expect(shown()).toBe('xy');
  });

  test('puts back what was taken out, where it was', async () => {
    const { list, shown } = letters();
    await list.load();
    await list.more();
    const putBack = list.remove('b');
    expect(shown()).toBe('acd');
    putBack();
    putBack();
    expect(shown()).toBe('abcd');
  });

  test('puts nothing back after a reload', async () => {
    const { list, shown } = letters();
    await list.load();
    const putBack = list.remove('b');
    list.clear();
    putBack();
    expect(shown()).toBe('');
  });

  test('tells whether something newer is there', async () => {
    const { list, source } = letters();
    await list.load();
    await expect(list.hasNews()).resolves.toBe(false);
    source.all = 'zabcde';
    await expect(list.hasNews()).resolves.toBe(true);
  });
});
