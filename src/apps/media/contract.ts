import { z } from 'zod';
import { defineContract, del, file, get, post } from '../../model/index.ts';

/** What may be uploaded; what a file is its content says, not its name or header. */
export const imageTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'] as const;
export const videoTypes = ['video/mp4', 'video/webm'] as const;

const item = z.object({
  id: z.uuid(),
  type: z.string().describe('Its media type, by its content.'),
  bytes: z.int(),
  width: z.int().nullable().describe('Pixels; null for a video.'),
  height: z.int().nullable(),
  createdAt: z.iso.datetime(),
});
const params = z.object({ id: z.uuid().toLowerCase() });

export default defineContract({
  name: 'media',
  port: 4313,
  coldStart: '45s',
  routes: {
    upload: post('/media', {
      summary: 'Uploads a picture or a video.',
      exposed: true,
      user: true,
      body: file({ types: ['image/*', 'video/*', 'application/octet-stream'], limit: '200Mi' }),
      status: 201,
      response: item,
    }),
    download: get('/media/:id', {
      summary: 'The picture or video itself. It needs no token, as a page shows it: its id is not to be guessed.',
      exposed: true,
      params,
      response: file({ types: [...imageTypes, ...videoTypes] }),
    }),
    thumbnail: get('/media/:id/thumbnail', {
      summary: 'A small version of a picture.',
      exposed: true,
      params,
      query: z.object({ width: z.enum(['320', '1080']).default('320').describe('Pixels at most.') }),
      response: file({ types: ['image/webp'] }),
    }),
    remove: del('/media/:id', {
      summary: 'Deletes a picture or video of whoever asks.',
      exposed: true,
      user: true,
      params,
      status: 204,
      response: z.undefined(),
    }),
    findFiles: get('/internal/files', {
      summary: 'What is known of files; those that are not there are left out.',
      query: z.object({ ids: z.array(z.uuid().toLowerCase()).min(1).max(100) }),
      response: z.object({
        items: z.array(item.extend({ owner: z.uuid().describe('The account that uploaded it.') })),
      }),
    }),
  },
});
