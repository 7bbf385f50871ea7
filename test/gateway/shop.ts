import { z } from 'zod';
import {
  defineContract,
  defineService,
  defineSystem,
  type Environment,
  file,
  fixed,
  get,
  nginx,
  post,
  put,
} from '../../src/model/index.ts';
import { environmentWith, exposures } from '../declarations.ts';

const summary = 'For a test.';
const exposed = true;
const id = z.object({ id: z.string() });

const contract = defineContract({
  name: 'shop',
  port: 3000,
  routes: {
    list: get('/items', { summary, exposed, response: z.unknown() }),
    item: get('/items/:id', { summary, exposed, params: id, response: z.unknown() }),
    change: put('/items/:id', { summary, exposed, params: id, body: z.unknown(), response: z.unknown() }),
    add: post('/items', { summary, exposed, body: z.unknown(), response: z.unknown() }),
    upload: post('/files', {
      summary,
      exposed,
      body: file({ types: ['image/*'], limit: '64Ki' }),
      response: z.unknown(),
    }),
    logIn: post('/log-in', {
      summary,
      exposed,
      rate: { perSecond: 1, burst: 2 },
      body: z.unknown(),
      response: z.unknown(),
    }),
    secret: get('/items/secret', { summary, response: z.unknown() }),
  },
});

/** A service with a route of every sort. */
export const shop = defineService({
  contract,
  owner: 'team',
  description: 'Sells.',
  scaling: fixed(2),
  lifecycle: { request: '1s', drain: '2s', drainDelay: '2s', keepAlive: '5s' },
  bodyLimit: '4Ki',
});

/** A service behind a host of its own. */
export const office = defineService({
  contract: defineContract({
    name: 'office',
    port: 3001,
    routes: {
      list: get('/papers', { summary, exposed, response: z.unknown() }),
      write: post('/papers', { summary, exposed, body: z.unknown(), response: z.unknown() }),
      paper: get('/papers/:id', { summary, exposed, retryMissing: true, params: id, response: z.unknown() }),
    },
  }),
  owner: 'team',
  description: 'Writes.',
  scaling: fixed(1),
  // More than the gateway keeps in memory.
  bodyLimit: '128Ki',
  // Whoever goes at once must be asked over no connection that was kept.
  lifecycle: { request: '1s', drain: '2s', drainDelay: '0s', keepAlive: '5s' },
});

export const mall = defineSystem({
  name: 'mall',
  services: [shop, office],
  entrances: [
    { host: 'shop', services: [shop], nodePort: 30_001 },
    { host: 'office', services: [office], nodePort: 30_002 },
  ],
});

/** Every way in, each with the gateway behind it. */
export function mallEnvironment(options: Parameters<typeof nginx>[0] = {}): Environment {
  return environmentWith({ exposure: Object.values(exposures), gateways: { mall: nginx(options) } });
}
