import { z } from 'zod';
import { defineContract, get } from '../../model/index.ts';

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120" role="img" aria-label="Missing bird">
<rect width="160" height="120" fill="#e8eef2"/>
<path d="M38 72c0-24 18-40 40-40 16 0 26 8 30 20l20 6-19 7c-3 20-17 31-36 31H28z" fill="#9fb3c0"/>
<circle cx="94" cy="50" r="4" fill="#33434d"/>
</svg>`;

/** The picture for when there is none: within the URL itself, so that it needs no network. */
export const missingBirdPicture = `data:image/svg+xml,${encodeURIComponent(svg)}`;

export default defineContract({
  name: 'bird-image',
  port: 4200,
  routes: {
    findImage: get('/', {
      summary: 'A picture of a bird.',
      exposed: true,
      query: z.object({
        birdName: z.string().trim().min(1).max(100).describe('The name to search for, such as Eagle.'),
      }),
      response: z.object({ image: z.url().describe('Where the picture is.') }),
    }),
  },
});
