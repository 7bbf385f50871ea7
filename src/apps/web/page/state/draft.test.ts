import { describe, expect, test } from 'vitest';
import { createDraft } from './draft.ts';

const file = (name: string) => new File(['a'], name, { type: 'image/png' });

/** A draft with two files that are sent, and a post that the test makes or refuses. */
async function fixture() {
  const made: [caption: string, media: readonly string[]][] = [];
  const discarded: string[] = [];
  let answer: PromiseWithResolvers<unknown>;
  const draft = createDraft({
    create: (caption, media) => {
      made.push([caption, media]);
      answer = Promise.withResolvers();
      return answer.promise;
    },
    send: async ({ name }) => ({ id: `id-${name}`, type: 'image/png' }),
    discard: (id) => discarded.push(id),
    preview: { open: ({ name }) => name, close: () => {} },
  });
  draft.files.add([file('a'), file('b')]);
  draft.write(' Hello ');
  await expect.poll(() => draft.files.isComplete).toBe(true);
  const names = () => draft.files.uploads.get().map(({ name }) => name);
  return { draft, made, discarded, names, succeed: () => answer.resolve({}), fail: () => answer.reject('broken') };
}

describe('while a draft is shared', () => {
  test('it stays as it is, whoever comes back to it', async () => {
    const { draft, made, discarded, names, succeed } = await fixture();
    const done = draft.share();
    const [a, b] = draft.files.uploads.get();
    draft.files.remove(a?.key ?? 0);
    draft.files.move(b?.key ?? 0, -1);
    draft.files.add([file('c')]);
    draft.write('Other');
    expect([names(), draft.caption.get(), discarded]).toEqual([['a', 'b'], ' Hello ', []]);
    expect(await draft.share()).toBe(false);
    succeed();
    expect(await done).toBe(true);
    expect(made).toEqual([['Hello', ['id-a', 'id-b']]]);
    expect([names(), draft.caption.get(), discarded]).toEqual([[], '', []]);
    expect(draft.sharing.get()).toEqual({ status: 'idle' });
  });

  test('and it fails, it can be changed and shared again', async () => {
    const { draft, made, names, succeed, fail } = await fixture();
    const failed = draft.share();
    fail();
    expect(await failed).toBe(false);
    expect(draft.sharing.get()).toEqual({ status: 'failed', error: 'broken' });
    draft.write('Better');
    draft.files.remove(draft.files.uploads.get()[0]?.key ?? 0);
    expect(names()).toEqual(['b']);
    const done = draft.share();
    succeed();
    expect(await done).toBe(true);
    expect(made.at(-1)).toEqual(['Better', ['id-b']]);
  });

  test.each(['succeed', 'fail'] as const)('and given up, the next one is left alone when it %ss', async (end) => {
    const { draft, names, ...ends } = await fixture();
    const done = draft.share();
    draft.clear({ keep: true });
    draft.files.add([file('c')]);
    draft.write('Next');
    ends[end]();
    await done;
    expect([names(), draft.caption.get(), draft.sharing.get().status]).toEqual([['c'], 'Next', 'idle']);
  });
});
