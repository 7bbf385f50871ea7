import { z } from 'zod';
import { defineContract, del, get, put } from '../../model/index.ts';

/** Of 3 to 30 characters; `me` stands for whoever asks. */
const handle = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._]{1,28}[a-z0-9]$/)
  .describe('3 to 30 of a-z, 0-9, dot and underscore; a letter or digit at both ends.');
const params = z.object({ handle });

const person = z.object({
  id: z.uuid().describe('The account.'),
  handle: z.string(),
  name: z.string(),
  avatar: z.uuid().nullable().describe('A picture of the media service.'),
});
const profile = person.extend({
  bio: z.string(),
  followers: z.int(),
  following: z.int(),
  followedByMe: z.boolean(),
  followsMe: z.boolean(),
  blockedByMe: z.boolean(),
});

const page = z.object({
  cursor: z.string().max(200).optional().describe('`next` of the page before.'),
  limit: z.int().min(1).max(100).default(20),
});
const people = z.object({ items: z.array(person), next: z.string().nullable().describe('Null on the last page.') });

export default defineContract({
  name: 'users',
  port: 4311,
  routes: {
    search: get('/users', {
      summary: 'People whose handle starts like this, by handle.',
      exposed: true,
      user: true,
      query: page.extend({ prefix: z.string().trim().toLowerCase().min(1).max(30) }),
      response: people,
    }),
    me: get('/users/me', { summary: 'The profile of whoever asks.', exposed: true, user: true, response: profile }),
    saveMe: put('/users/me', {
      summary: 'Makes or changes the profile of whoever asks.',
      exposed: true,
      user: true,
      body: z.object({
        handle,
        name: z.string().trim().min(1).max(60),
        bio: z.string().trim().max(300).default(''),
        avatar: z.uuid().toLowerCase().nullable().default(null).describe('A picture that the same account uploaded.'),
      }),
      response: profile,
    }),
    blocks: get('/users/me/blocks', {
      summary: 'The people whom whoever asks has blocked.',
      exposed: true,
      user: true,
      query: page,
      response: people,
    }),
    profile: get('/users/:handle', { summary: 'A profile.', exposed: true, user: true, params, response: profile }),
    follow: put('/users/:handle/follow', {
      summary: 'Follows somebody; twice is the same as once.',
      exposed: true,
      user: true,
      params,
      response: profile,
    }),
    unfollow: del('/users/:handle/follow', {
      summary: 'Follows somebody no longer.',
      exposed: true,
      user: true,
      params,
      response: profile,
    }),
    followers: get('/users/:handle/followers', {
      summary: 'Who follows somebody, the newest first.',
      exposed: true,
      user: true,
      params,
      query: page,
      response: people,
    }),
    following: get('/users/:handle/following', {
      summary: 'Whom somebody follows, the newest first.',
      exposed: true,
      user: true,
      params,
      query: page,
      response: people,
    }),
    block: put('/users/:handle/block', {
      summary: 'Blocks somebody: neither sees or follows the other any more.',
      exposed: true,
      user: true,
      params,
      status: 204,
      response: z.undefined(),
    }),
    unblock: del('/users/:handle/block', {
      summary: 'Blocks somebody no longer.',
      exposed: true,
      user: true,
      params,
      status: 204,
      response: z.undefined(),
    }),
    findPeople: get('/internal/people', {
      summary: 'People by their accounts; those without a profile are left out.',
      query: z.object({ ids: z.array(z.uuid()).min(1).max(100) }),
      response: z.object({ items: z.array(person) }),
    }),
    followed: get('/internal/people/:id/followed', {
      summary: 'All whom somebody follows.',
      params: z.object({ id: z.uuid() }),
      response: z.object({ items: z.array(z.uuid()) }),
    }),
    parted: get('/internal/people/:id/parted', {
      summary: 'Those of the given people from whom a block parts somebody, whoever of the two blocked.',
      params: z.object({ id: z.uuid() }),
      query: z.object({ ids: z.array(z.uuid()).min(1).max(100) }),
      response: z.object({ items: z.array(z.uuid()) }),
    }),
  },
});
