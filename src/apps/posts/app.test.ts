import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { handleOf, type Posts, type PostsWorld, postsWorld } from './testing/build-posts.ts';

let world: PostsWorld;
let posts: Posts;
beforeAll(async () => {
  world = await postsWorld();
  posts = await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

const someone = () => randomUUID();
const upload = (owner: string, type = 'image/png') => {
  const id = randomUUID();
  world.files.set(id, { owner, type });
  return id;
};
const problem = (status: number, code: string) => ({ status, body: { status, code } });

describe('a post', () => {
  test('is made with its files in their order, seen by others, and deleted by its author with all that hangs on it', async () => {
    const [ann, bob] = [someone(), someone()];
    const media = [upload(ann, 'video/mp4'), upload(ann), upload(ann)];
    const before = await posts.counted('posts_created_total');
    const made = await posts.ask(ann, 'POST /posts', { caption: '  Hello  ', media });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[1-9]\d*$/),
      author: { id: ann, handle: handleOf(ann), name: 'A name', avatar: null },
      caption: 'Hello',
      media: media.map((id, at) => ({ id, type: at === 0 ? 'video/mp4' : 'image/png' })),
      createdAt: expect.stringMatching(/^\d{4}-/),
      likes: 0,
      comments: 0,
      likedByMe: false,
    });
    expect(await posts.counted('posts_created_total')).toBe(before + 1);
    const path = `/posts/${made.body.id}`;
    await posts.ask(bob, `PUT ${path}/like`);
    await posts.ask(bob, `POST ${path}/comments`, { text: 'Nice' });
    expect((await posts.ask(bob, `GET ${path}`)).body).toEqual({
      ...made.body,
      likes: 1,
      comments: 1,
      likedByMe: true,
    });
    expect(await posts.ask(bob, `DELETE ${path}`)).toMatchObject(problem(404, 'post-not-found'));
    expect((await posts.ask(ann, `DELETE ${path}`)).status).toBe(204);
    for (const request of ['GET', 'DELETE']) {
      expect(await posts.ask(ann, `${request} ${path}`)).toMatchObject(problem(404, 'post-not-found'));
    }
  });
});
