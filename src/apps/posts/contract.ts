import { z } from 'zod';
import { defineContract, del, get, post, put } from '../../model/index.ts';

const author = z.object({
  id: z.uuid().describe('The account.'),
  handle: z
    .string()
    .nullable()
    .describe('Null without a profile, such as of a deleted account, and while the users service does not answer.'),
  name: z.string().nullable(),
  avatar: z.uuid().nullable(),
});
const item = z.object({
  id: z.string().describe('Rises from post to post.'),
  author,
  caption: z.string(),
  media: z.array(z.object({ id: z.uuid(), type: z.string() })),
  createdAt: z.iso.datetime(),
  likes: z.int(),
  comments: z.int(),
  likedByMe: z.boolean(),
});
const comment = z.object({ id: z.string(), author, text: z.string(), createdAt: z.iso.datetime() });

/** The ids of posts and comments: bigints, as text. */
export const idForm = /^[1-9]\d{0,17}$/;
const id = z.string().regex(idForm);
const params = z.object({ id });
const page = z.object({
  cursor: z.string().max(200).optional().describe('`next` of the page before.'),
  limit: z.int().min(1).max(50).default(20),
});
const next = z.string().nullable().describe('Null on the last page.');
const liking = z.object({ likes: z.int(), likedByMe: z.boolean() });

export default defineContract({
  name: 'posts',
  port: 4312,
  routes: {
    feed: get('/feed', {
      summary: 'The posts of whoever asks and of those they follow, the newest first.',
      exposed: true,
      user: true,
      query: page,
      response: z.object({ items: z.array(item), next }),
    }),
    create: post('/posts', {
      summary: 'A new post.',
      exposed: true,
      user: true,
      body: z.object({
        caption: z.string().trim().max(2_200).default(''),
        media: z
          .array(z.uuid().toLowerCase())
          .min(1)
          .max(10)
          .refine((ids) => new Set(ids).size === ids.length, 'Invalid input: the same id twice')
          .describe('Pictures and videos that the same account uploaded, each once.'),
      }),
      status: 201,
      response: item,
    }),
    byAuthor: get('/posts', {
      summary: 'The posts of one account, the newest first.',
      exposed: true,
      user: true,
      query: page.extend({ author: z.uuid().toLowerCase() }),
      response: z.object({ items: z.array(item), next }),
    }),
    one: get('/posts/:id', { summary: 'A post.', exposed: true, user: true, params, response: item }),
    remove: del('/posts/:id', {
      summary: 'Deletes a post of whoever asks.',
      exposed: true,
      user: true,
      params,
      status: 204,
      response: z.undefined(),
    }),
    like: put('/posts/:id/like', {
      summary: 'Likes a post; twice is the same as once.',
      exposed: true,
      user: true,
      params,
      response: liking,
    }),
    unlike: del('/posts/:id/like', {
      summary: 'Likes a post no longer.',
      exposed: true,
      user: true,
      params,
      response: liking,
    }),
    comments: get('/posts/:id/comments', {
      summary:
        'The comments on a post, the oldest first. Those of people from whom a block parts whoever asks are left out, so a page may be shorter than its limit.',
      exposed: true,
      user: true,
      params,
      query: page,
      response: z.object({ items: z.array(comment), next }),
    }),
    comment: post('/posts/:id/comments', {
      summary: 'Comments on a post.',
      exposed: true,
      user: true,
      params,
      body: z.object({ text: z.string().trim().min(1).max(1_000) }),
      status: 201,
      response: comment,
    }),
    removeComment: del('/posts/:id/comments/:comment', {
      summary: 'Deletes a comment of whoever asks, or on a post of theirs.',
      exposed: true,
      user: true,
      params: params.extend({ comment: id }),
      status: 204,
      response: z.undefined(),
    }),
  },
});
