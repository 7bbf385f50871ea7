import { describe, expect, test } from 'vitest';
import { createToggles } from './toggles.ts';

/** A like whose requests the test answers itself. */
function fixture(liked = false) {
  const toggles = createToggles();
  const requests: { on: boolean; answer: (likes: number) => void; fail: () => void }[] = [];
  const said: string[] = [];
  const shown = { liked, likes: 10 };
  const set = (on: boolean) =>
    toggles.set('like 1', on, {
      show: (next) => {
        shown.liked = next;
      },
      send: (next) =>
        new Promise<number>((resolve, reject) => {
          requests.push({ on: next, answer: resolve, fail: () => reject(new Error('away')) });
        }),
      settled: (likes) => {
        shown.likes = likes;
      },
      failed: (_, wanted) => said.push(`not ${wanted ? 'liked' : 'unliked'}`),
    });
  const request = (index: number) => {
    const found = requests[index];
    if (!found) throw new Error(`no request ${index}`);
    return found;
  };
  return { set, requests, request, said, shown };
}

describe('something that is on or off', () => {
  test('is shown before the server answers, and then as the server says', async () => {
    const { set, request, shown } = fixture();
    const done = set(true);
    expect(shown).toEqual({ liked: true, likes: 10 });
    request(0).answer(12);
    await done;
    expect(shown).toEqual({ liked: true, likes: 12 });
  });

  test('is taken back with a message when the server refuses', async () => {
    const { set, request, shown, said } = fixture();
    const done = set(true);
    request(0).fail();
    await done;
    expect(shown.liked).toBe(false);
    expect(said).toEqual(['not liked']);
  });

  test('is sent once more when it was changed meanwhile, and only with the last that was wanted', async () => {
    const { set, requests, request, shown } = fixture();
    const done = set(true);
    for (const on of [false, true, false]) await set(on);
    expect(requests).toHaveLength(1);
    request(0).answer(11);
    await expect.poll(() => requests.length).toBe(2);
    expect(request(1).on).toBe(false);
    // The answer to what nobody wants any more is not shown.
    expect(shown).toEqual({ liked: false, likes: 10 });
    request(1).answer(10);
    await done;
    expect(shown).toEqual({ liked: false, likes: 10 });
  });

  test('is not sent again when it was changed there and back', async () => {
    const { set, requests, request } = fixture();
    const done = set(true);
    await set(false);
    await set(true);
    request(0).answer(11);
    await done;
    expect(requests).toHaveLength(1);
  });

  test('says nothing when what failed is not wanted any more', async () => {
    const { set, request, shown, said } = fixture();
    const done = set(true);
    await set(false);
    request(0).fail();
    await done;
    expect(shown.liked).toBe(false);
    expect(said).toEqual([]);
  });

  test('goes back to what the server has when the second of two fails', async () => {
    const { set, requests, request, shown, said } = fixture();
    const done = set(true);
    await set(false);
    request(0).answer(11);
    await expect.poll(() => requests.length).toBe(2);
    request(1).fail();
    await done;
    expect(shown.liked).toBe(true);
    expect(said).toEqual(['not unliked']);
  });

  test('can be changed again after it failed', async () => {
    const { set, requests, request, shown } = fixture();
    const first = set(true);
    request(0).fail();
    await first;
    const second = set(true);
    expect(requests).toHaveLength(2);
    request(1).answer(11);
    await second;
    expect(shown).toEqual({ liked: true, likes: 11 });
  });
});
