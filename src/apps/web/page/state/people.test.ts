import { describe, expect, test } from 'vitest';
import { overloaded, post, profile, stubClients } from '../testing/stub-clients.ts';
import { createPeople } from './people.ts';
import { createPosts } from './posts.ts';
import { createToasts } from './toasts.ts';

/** One person, and a feed that was read. */
async function fixture(stubs: NonNullable<Parameters<typeof stubClients>[0]['users']>, before = profile()) {
  const toasts = createToasts();
  const clients = stubClients({
    posts: { feed: async () => ({ items: [post()], next: null }) },
    users: { blocks: async () => ({ items: [profile()], next: null }), ...stubs },
  });
  const posts = createPosts(clients, toasts);
  await posts.feed.load();
  const people = createPeople(clients, toasts, posts);
  people.known.put(before);
  return {
    people,
    bo: () => people.known.get('bo'),
    feed: () => posts.feed.state.get().status,
    said: () => toasts.shown.get().map(({ text }) => text),
  };
}

describe('whoever is followed', () => {
  test('is so at once, and the feed is read anew', async () => {
    const { people, bo, feed } = await fixture({ follow: async () => profile({ followedByMe: true, followers: 9 }) });
    const done = people.follow('bo', true);
    expect(bo()).toMatchObject({ followedByMe: true, followers: 6 });
    await done;
    expect(bo()).toMatchObject({ followedByMe: true, followers: 9 });
    expect(feed()).toBe('new');
  });

  test('is not when that fails, and the feed stays', async () => {
    const { people, bo, feed, said } = await fixture({ follow: async () => Promise.reject(overloaded) });
    await people.follow('bo', true);
    expect(bo()).toEqual(profile());
    expect(feed()).toBe('ready');
    expect(said()[0]).toMatch(/^You do not follow @bo\./);
  });

  test('still is when to follow no longer fails', async () => {
    const followed = profile({ followedByMe: true });
    const { people, bo, said } = await fixture({ unfollow: async () => Promise.reject(overloaded) }, followed);
    const done = people.follow('bo', false);
    expect(bo()).toMatchObject({ followedByMe: false, followers: 4 });
    await done;
    expect(bo()).toEqual(followed);
    expect(said()[0]).toMatch(/^You still follow @bo\./);
  });
});

describe('whoever is blocked', () => {
  test('follows nobody of the two any more', async () => {
    const { people, bo, feed } = await fixture({ block: async () => undefined }, profile({ followedByMe: true }));
    const done = people.block('bo');
    expect(bo()).toMatchObject({ blockedByMe: true, followedByMe: false, followsMe: false, followers: 4 });
    expect(await done).toBe(true);
    expect(feed()).toBe('new');
  });

  test('is as before when that fails', async () => {
    const before = profile({ followedByMe: true });
    const { people, bo, said } = await fixture({ block: async () => Promise.reject(overloaded) }, before);
    expect(await people.block('bo')).toBe(false);
    expect(bo()).toEqual(before);
    expect(said()[0]).toMatch(/^@bo is not blocked\./);
  });

  test('stays in the list of the blocked when to unblock them fails', async () => {
    const blocked = profile({ blockedByMe: true });
    const { people, bo, said } = await fixture({ unblock: async () => Promise.reject(overloaded) }, blocked);
    await people.blocks.load();
    const done = people.unblock(blocked);
    expect(people.blocks.state.get().items).toEqual([]);
    await done;
    expect(people.blocks.state.get().items).toHaveLength(1);
    expect(bo()).toEqual(blocked);
    expect(said()[0]).toMatch(/^@bo is still blocked\./);
  });
});
