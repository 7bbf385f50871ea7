import { z } from 'zod';
import { activator, defineContract, get } from '../../model/index.ts';

export default defineContract({
  name: activator.name,
  port: activator.port,
  routes: {
    awake: get(`${activator.path}/:service`, {
      summary:
        'Answers once a service is Ready, or once its cold start is over: whoever asks for it then finds out what is wrong.',
      params: z.object({ service: z.string() }),
      status: 204,
      response: z.undefined(),
    }),
  },
});
