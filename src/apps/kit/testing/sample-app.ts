import { setTimeout as sleep } from 'node:timers/promises';
import {
  callTo,
  counter,
  defineService,
  fixed,
  gauge,
  histogram,
  integer,
  oneOf,
  secret,
  time,
} from '../../../model/index.ts';
import { defineApp, type Handlers, HttpError, type Kit } from '../index.ts';
import { otherContract, sampleContract } from './sample-contract.ts';

/** Short times throughout, so that tests of time-outs are quick, and yet enough for a busy machine. */
export const sampleService = defineService({
  contract: sampleContract,
  owner: 'kit-team',
  description: 'A service for the tests of the kit.',
  calls: [callTo(otherContract, { timeout: '3s', retries: 2 })],
  outside: { farAway: { url: 'https://far.example/api/v1', timeout: '2s', retries: 1 } },
  env: {
    SAMPLE_SIZE: integer({ min: 1, max: 10, default: 5 }),
    SAMPLE_MODE: oneOf({ values: ['fast', 'safe'], default: 'safe' }),
    SAMPLE_TTL: time({ default: '5m' }),
    SAMPLE_KEY: secret({ secret: 'sample', key: 'key' }),
    SAMPLE_EXTRA: secret({ secret: 'sample', key: 'extra', optional: true }),
  },
  metrics: {
    things: counter({
      name: 'sample_things_total',
      help: 'Things, by kind and place.',
      labels: { kind: ['a', 'b'], place: ['here', 'there'] },
    }),
    plain: counter({ name: 'sample_plain_total', help: 'Without labels.' }),
    open: counter({ name: 'sample_open_total', help: 'With an open label.', labels: { who: 'open' } }),
    size: gauge({ name: 'sample_size', help: 'A size.' }),
    seconds: histogram({ name: 'sample_seconds', help: 'Seconds.', buckets: [1, 2] }),
  },
  scaling: fixed(1),
  lifecycle: { request: '5s', drainDelay: '500ms', drain: '10s' },
  slo: { availability: 0.999, latency: { quantile: 0.95, below: '300ms' } },
  shedAbove: '300ms',
  bodyLimit: '1Ki',
});

export type SampleKit = Kit<typeof sampleService>;

/** The handlers of the sample. */
export function sampleHandlers({ log }: SampleKit): Handlers<typeof sampleContract> {
  return {
    getThing: async ({ params, query }) => ({ id: params.id, name: 'thing', ...query }),
    makeThing: async ({ body }) => ({ id: body.count, name: body.name, undeclared: 'stays here' }),
    removeThing: async () => undefined,
    wait: async ({ query }) => {
      log.info('waiting');
      await sleep(query.ms);
      return { waited: query.ms };
    },
    fail: async ({ query }) => {
      if (query.how === 'on purpose') throw new HttpError(409, 'thing-taken', 'The thing is taken');
      // What no handler should do: fail where nobody waits for it.
      if (query.how === 'elsewhere') setImmediate(() => Promise.reject(new Error('failed elsewhere')));
      if (query.how === 'wrong answer') return { ok: 'no boolean' as unknown as boolean };
      if (query.how === 'error') throw new Error('the inside of the service');
      return { ok: true };
    },
  };
}

export default defineApp(sampleService, async (kit) => sampleHandlers(kit));
