import { describe, expect, test, vi } from 'vitest';
import { overloaded, post, stubClients } from '../testing/stub-clients.ts';
import { createPosts } from './posts.ts';
import { createToasts } from './toasts.ts';

/** Two posts of one author, in the feed and on their profile. */
async function fixture(stubs: NonNullable<Parameters<typeof stubClients>[0]['posts']>) {
  const page = { items: [post({ id: '2' }), post({ id: '1' })], next: null };
  const toasts = createToasts();
  const clients = stubClients({ posts: { feed: async () => page, byAuthor: async () => page, ...stubs } });
  const posts = createPosts(clients, toasts);
  await posts.feed.load();
  await posts.ofAuthor('ann-id').load();
  const said = () => toasts.shown.get().map(({ text }) => text);
  const shown = () => [posts.feed, posts.ofAuthor('ann-id')].map((list) => list.state.get().items.join());
  return { posts, toasts, said, shown };
}

describe('a like', () => {
  test('is shown at once, and then as often as the server counts', async () => {
    const { posts, said } = await fixture({ like: async () => ({ likes: 9, likedByMe: true }) });
    const done = posts.like('1', true);
    expect(posts.known.get('1')).toMatchObject({ likes: 4, likedByMe: true });
    await done;
    expect(posts.known.get('1')).toMatchObject({ likes: 9, likedByMe: true });
    expect(said()).toEqual([]);
  });

  test('is taken back with a message that it fails, and can be tried again from there', async () => {
    const like = vi.fn().mockRejectedValueOnce(overloaded).mockResolvedValue({ likes: 4, likedByMe: true });
    const { posts, toasts, said } = await fixture({ like });
    await posts.like('1', true);
    expect(posts.known.get('1')).toMatchObject({ likes: 3, likedByMe: false });
    expect(said()).toEqual(['Your like was taken back. Insta is busy at the moment. Try again in a few seconds.']);
    toasts.shown.get()[0]?.action?.run();
    await expect.poll(() => like).toHaveBeenCalledTimes(2);
    expect(posts.known.get('1')).toMatchObject({ likes: 4, likedByMe: true });
  });

  test('asks nobody where it is there already', async () => {
    const like = vi.fn();
    const { posts } = await fixture({ like });
    posts.known.put(post({ likedByMe: true }));
    await posts.like('1', true);
    expect(like).not.toHaveBeenCalled();
  });
});

describe('a deleted post', () => {
  test('is gone from every list at once', async () => {
    const { posts, shown, said } = await fixture({ remove: async () => undefined });
    const done = posts.remove(post({ id: '2' }));
    expect(shown()).toEqual(['1', '1']);
    expect(await done).toBe(true);
    expect(said()).toEqual(['Post deleted.']);
  });

  test('is back where it was when that fails', async () => {
    const { posts, shown, said } = await fixture({ remove: async () => Promise.reject(overloaded) });
    expect(await posts.remove(post({ id: '2' }))).toBe(false);
    expect(shown()).toEqual(['2,1', '2,1']);
    expect(said()[0]).toMatch(/^Your post is still there\./);
  });
});

describe('a new post', () => {
  test('stands first in what was read already, without reading it again', async () => {
    const { posts, shown } = await fixture({ create: async () => post({ id: '3' }) });
    await posts.create('Hello', ['picture']);
    expect(shown()).toEqual(['3,2,1', '3,2,1']);
  });

  test('does not keep a list from being read', async () => {
    const { posts } = await fixture({ create: async () => post({ id: '3' }) });
    posts.forgetLists();
    await posts.create('Hello', ['picture']);
    expect(posts.feed.state.get().status).toBe('new');
  });
});
