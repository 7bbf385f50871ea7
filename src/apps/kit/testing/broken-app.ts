import { z } from 'zod';
import { defineContract, defineService, fixed, get } from '../../../model/index.ts';
import { defineApp } from '../index.ts';

const contract = defineContract({
  name: 'broken',
  port: 80,
  routes: { a: get('no-slash', { summary: 'Wrong.', response: z.object({}) }) },
});

export default defineApp(
  defineService({ contract, owner: 'kit-team', description: 'A declaration with mistakes.', scaling: fixed(1) }),
  async () => ({ a: async () => ({}) }),
);
