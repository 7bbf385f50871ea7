import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import media from '../../src/apps/media/contract.ts';
import posts from '../../src/apps/posts/contract.ts';
import users from '../../src/apps/users/contract.ts';
import type { Caller } from './caller.ts';
import { good, Person, picture } from './person.ts';

/** What the tour left behind, by which a later look can tell whether it lasted. */
export interface Visit {
  readonly ann: Person;
  readonly ben: Person;
  readonly post: string;
  readonly file: string;
  readonly content: Buffer;
}

/**
 * Two people sign up, follow, post a picture, see it in the feed, like, comment and log out. Throws at the first answer that is not as it should be.
 *
 * @param Kind what they use. @default - a program that keeps their tokens
 */
export async function tour(caller: Caller, Kind: typeof Person = Person): Promise<Visit> {
  const run = randomBytes(4).toString('hex');
  const ann = await new Kind(caller, `ann.${run}`).arrive();
  const ben = await new Kind(caller, `ben.${run}`).arrive();

  const followed = await ben.ask(users.routes.follow, { params: { handle: ann.handle } });
  assert.equal(followed.followers, 1);
  assert.equal(followed.followedByMe, true);

  const content = await picture();
  const file = await ann.upload(content);
  const downloaded = good(await caller(media.routes.download, { params: { id: file } }), 'the picture');
  assert.ok(content.equals(downloaded as unknown as Buffer), 'the picture comes back as it was');
  const small = good(await caller(media.routes.thumbnail, { params: { id: file }, query: {} }), 'its thumbnail');
  assert.ok((small as unknown as Buffer).length > 0);

  const post = await ann.post('Good morning', [file]);
  await until(async () => {
    const { items } = await ben.ask(posts.routes.feed, { query: {} });
    assert.equal(items[0]?.id, post.id, 'the post is at the top of the feed of a follower');
    assert.equal(items[0]?.author.handle, ann.handle);
  });

  assert.deepEqual(await ben.ask(posts.routes.like, { params: { id: post.id } }), { likes: 1, likedByMe: true });
  assert.deepEqual(await ben.ask(posts.routes.like, { params: { id: post.id } }), { likes: 1, likedByMe: true });
  await ben.ask(posts.routes.comment, { params: { id: post.id }, body: { text: 'And to you' } });
  await seen({ ann, ben, post: post.id, file, content }, caller);

  await ben.logOut();
  assert.equal(await ben.refreshStatus(), 401, 'a session that was logged out gives no more tokens');
  await ben.logIn();
  return { ann, ben, post: post.id, file, content };
}

/** Looks again at what a tour left behind, all of it. */
export async function seen({ ann, ben, post, file, content }: Visit, caller: Caller): Promise<void> {
  const found = await ann.ask(posts.routes.one, { params: { id: post } });
  assert.deepEqual([found.likes, found.comments, found.likedByMe], [1, 1, false]);
  const { items } = await ann.ask(posts.routes.comments, { params: { id: post }, query: {} });
  assert.deepEqual(
    items.map(({ text, author }) => [text, author.handle]),
    [['And to you', ben.handle]],
  );
  const { items: followers } = await ann.ask(users.routes.followers, { params: { handle: ann.handle }, query: {} });
  assert.deepEqual(
    followers.map(({ handle }) => handle),
    [ben.handle],
  );
  const downloaded = good(await caller(media.routes.download, { params: { id: file } }), 'the picture');
  assert.ok(content.equals(downloaded as unknown as Buffer), 'the picture is as it was');
}

/** A follow may take a moment until the feed knows of it: posts remembers relations for a declared time. */
async function until(check: () => Promise<void>, seconds = 10): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
