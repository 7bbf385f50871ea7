import { z } from 'zod';
import { defineApp } from '../../src/apps/kit/app.ts';
import { buildApp } from '../../src/apps/kit/build-app.ts';
import { defineContract, defineService, fixed, get } from '../../src/model/index.ts';
import { listening, port } from './port.ts';

const contract = defineContract({
  name: 'hello',
  port: 3000,
  routes: { hello: get('/', { summary: 'Greets.', response: z.object({ hello: z.string() }) }) },
});
const service = defineService({ contract, owner: 'bench', description: 'Greets.', scaling: fixed(1) });
const app = defineApp(service, async () => ({ hello: async () => ({ hello: 'world' }) }));

const built = await buildApp(app, {
  // METRICS_PORT comes from the parent process, as PORT does.
  env: { ...process.env, HTTP_PORT: String(port), HTTP_HOST: '127.0.0.1' },
});
await built.listen();
listening();
