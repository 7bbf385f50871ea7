import { z } from 'zod';
import { defineContract, del, get, post, put } from '../../../model/index.ts';

const thing = z.object({ id: z.int(), name: z.string() });

/** A service with a route of every kind. */
export const sampleContract = defineContract({
  name: 'sample',
  port: 4300,
  routes: {
    getThing: get('/things/:id', {
      summary: 'One thing.',
      exposed: true,
      params: z.object({ id: z.int().min(1) }),
      query: z.object({
        page: z.int().default(1),
        tags: z.array(z.string()).optional(),
        word: z.string().trim().max(5).optional(),
      }),
      response: thing.extend({ page: z.int(), tags: z.array(z.string()).optional(), word: z.string().optional() }),
    }),
    makeThing: post('/things', {
      summary: 'A new thing.',
      body: z.object({ name: z.string().trim().min(1), count: z.int() }),
      status: 201,
      response: thing,
    }),
    removeThing: del('/things/:id', {
      summary: 'One thing less.',
      params: z.object({ id: z.int() }),
      status: 204,
      response: z.undefined(),
    }),
    wait: get('/wait', {
      summary: 'Takes its time.',
      query: z.object({ ms: z.int() }),
      response: z.object({ waited: z.int() }),
    }),
    fail: get('/fail', {
      summary: 'Fails in the way that is asked for.',
      query: z.object({ how: z.string() }),
      response: z.object({ ok: z.boolean() }),
    }),
  },
});

/** What the sample calls. */
export const otherContract = defineContract({
  name: 'other',
  port: 4301,
  routes: {
    find: get('/found/:id', {
      summary: 'Finds.',
      params: z.object({ id: z.string() }),
      query: z.object({ q: z.string().optional(), n: z.array(z.int()).optional() }),
      response: z.object({ name: z.string() }),
    }),
    replace: put('/found/:id', {
      summary: 'Replaces.',
      params: z.object({ id: z.string() }),
      body: z.object({ name: z.string() }),
      response: z.object({ name: z.string() }),
    }),
    create: post('/found', {
      summary: 'Creates.',
      body: z.object({ name: z.string() }),
      response: z.object({ name: z.string() }),
    }),
    ping: get('/ping', { summary: 'Answers.', response: z.object({ name: z.string() }) }),
  },
});
