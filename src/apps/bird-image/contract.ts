import { z } from 'zod';
import { defineContract, get } from '../../model/index.ts';

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
