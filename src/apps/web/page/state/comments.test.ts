import { expect, test } from 'vitest';
import { ann, overloaded, post, stubClients } from '../testing/stub-clients.ts';
import { type Comments, createComments } from './comments.ts';
import { createPosts } from './posts.ts';
import { createToasts } from './toasts.ts';

const comment = (id: string, text: string) => ({ id, text, author: ann, createdAt: '2026-01-01T00:00:00.000Z' });

/** A post with one comment. */
async function fixture(stubs: NonNullable<Parameters<typeof stubClients>[0]['posts']>) {
  const toasts = createToasts();
  const clients = stubClients({
    posts: { comments: async () => ({ items: [comment('7', 'First')], next: null }), ...stubs },
  });
  const posts = createPosts(clients, toasts);
  posts.known.put(post({ comments: 1 }));
  const comments = createComments(clients, toasts, posts);
  await comments.of('1').load();
  return {
    comments,
    shown: () =>
      comments
        .of('1')
        .state.get()
        .items.map(({ text, pending }) => (pending ? `${text}…` : text)),
    counted: () => posts.known.get('1')?.comments,
    said: () => toasts.shown.get().map(({ text }) => text),
  };
}

test('a comment is shown before the server has it', async () => {
  const { comments, shown, counted, said } = await fixture({ comment: async () => comment('8', 'Second') });
  comments.write('1', 'Second');
  const done = comments.add('1', 'Second', ann);
  expect([shown(), counted()]).toEqual([['First', 'Second…'], 2]);
  await done;
  expect(comments.written.get().size).toBe(0);
  expect([shown(), counted(), said()]).toEqual([['First', 'Second'], 2, []]);
});

test('a comment that is refused is taken back, and whoever wrote it is told', async () => {
  const { comments, shown, counted, said } = await fixture({ comment: async () => Promise.reject(overloaded) });
  await comments.add('1', 'Second', ann);
  expect([shown(), counted()]).toEqual([['First'], 1]);
  expect(said()[0]).toMatch(/^Your comment was not posted\./);
  expect(comments.written.get().get('1')?.text).toBe('Second');
});

test.each<[what: string, meanwhile: (comments: Comments) => void, left: string | undefined]>([
  ['that begins something else keeps that', (comments) => comments.write('1', 'Third'), 'Third'],
  ['who is somebody else by then is shown nothing of it', (comments) => comments.forgetWritten(), undefined],
])('after a comment that is refused, whoever writes %s', async (_what, meanwhile, left) => {
  const { comments } = await fixture({ comment: async () => Promise.reject(overloaded) });
  comments.write('1', 'Second');
  const done = comments.add('1', 'Second', ann);
  meanwhile(comments);
  await done;
  expect(comments.written.get().get('1')?.text).toBe(left);
});

test('a deleted comment is gone at once', async () => {
  const { comments, shown, counted, said } = await fixture({ removeComment: async () => undefined });
  const done = comments.remove('1', '7');
  expect([shown(), counted()]).toEqual([[], 0]);
  await done;
  expect(said()).toEqual(['Comment deleted.']);
});

test('a comment that could not be deleted is back', async () => {
  const { comments, shown, counted, said } = await fixture({ removeComment: async () => Promise.reject(overloaded) });
  await comments.remove('1', '7');
  expect([shown(), counted()]).toEqual([['First'], 1]);
  expect(said()[0]).toMatch(/^The comment is still there\./);
});
