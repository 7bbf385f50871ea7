import { z } from 'zod';
import { defineContract, get } from '../../model/index.ts';

export default defineContract({
  name: 'bird',
  port: 4201,
  routes: {
    randomBird: get('/', {
      summary: 'A random bird with its picture.',
      exposed: true,
      response: z.object({
        name: z.string().describe('Its common name.'),
        description: z.string().describe('What is worth knowing about it.'),
        image: z.url().describe('Where its picture is.'),
      }),
    }),
  },
});
