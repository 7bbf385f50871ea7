import { expect, test, vi } from 'vitest';
import { ClientError } from '../kit/index.ts';
import { createFindAuthors } from './authors.ts';

const person = (id: string) => ({ id, handle: `h-${id}`, name: 'A name', avatar: null });
const unknown = (id: string) => ({ id, handle: null, name: null, avatar: null });
const away = () => new ClientError({ outcome: 'timeout', peer: 'users', operation: 'findPeople', what: 'was late' });

function build() {
  const findPeople = vi.fn(async ({ query }: { query: { ids: string[] } }) => ({ items: query.ids.map(person) }));
  const withoutPeople = vi.fn();
  const counts = { hit: vi.fn(), miss: vi.fn() };
  return {
    findPeople,
    withoutPeople,
    counts,
    find: createFindAuthors({ users: { findPeople }, withoutPeople, counts }),
  };
}

test('asks once for those it does not know, and not at all for none', async () => {
  const { find, findPeople, counts } = build();
  await find([]);
  expect(findPeople).not.toHaveBeenCalled();
  await find(['a', 'b', 'a']);
  const author = await find(['c', 'b', 'c']);
  expect(['a', 'b', 'c'].map(author)).toEqual([unknown('a'), person('b'), person('c')]);
  expect(findPeople.mock.calls.map(([{ query }]) => query.ids)).toEqual([['a', 'b'], ['c']]);
  expect([counts.hit, counts.miss].map(({ mock }) => mock.calls.flat())).toEqual([
    [0, 0, 1],
    [0, 2, 1],
  ]);
});

test('while users is away those that are known keep their names, the answer is counted, and users is left alone', async () => {
  const { find, findPeople, withoutPeople } = build();
  await find(['a']);
  findPeople.mockRejectedValue(away());
  for (let time = 1; time <= 3; time++) {
    const author = await find(['a', 'b']);
    expect(['a', 'b'].map(author)).toEqual([person('a'), unknown('b')]);
    expect(withoutPeople).toHaveBeenCalledTimes(time);
  }
  await find(['a']);
  expect(withoutPeople).toHaveBeenCalledTimes(3);
  expect(findPeople).toHaveBeenCalledTimes(2);
});

test('lets a bug through', async () => {
  const { find, findPeople } = build();
  findPeople.mockRejectedValue(new TypeError('a bug'));
  await expect(find(['a'])).rejects.toThrow('a bug');
});
