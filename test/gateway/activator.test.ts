import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { z } from 'zod';
import app from '../../src/apps/activator/app.ts';
import { buildApp } from '../../src/apps/kit/index.ts';
import { eventually } from '../../src/apps/kit/testing/eventually.ts';
import { LogLines } from '../../src/apps/kit/testing/log-lines.ts';
import { json, lateServer } from '../../src/apps/kit/testing/stub-server.ts';
import {
  activator,
  defineContract,
  defineService,
  defineSystem,
  file,
  get,
  nginx,
  post,
  sleepersText,
  steps,
} from '../../src/model/index.ts';
import { environmentWith, exposures } from '../declarations.ts';
import { needNginx, startGateway } from './nginx.ts';

const summary = 'For a test.';
const exposed = true;
const attic = defineService({
  contract: defineContract({
    name: 'attic',
    port: 3000,
    coldStart: '30s',
    routes: {
      list: get('/boxes', { summary, exposed, response: z.unknown() }),
      upload: post('/boxes', {
        ...{ summary, exposed, body: file({ types: ['image/*'], limit: '8Mi' }) },
        response: z.unknown(),
      }),
    },
  }),
  owner: 'team',
  description: 'Sleeps.',
  scaling: steps({ idle: { after: '10m' } }),
});
const house = defineSystem({ name: 'house', services: [attic], entrances: [{ host: 'house', services: [attic] }] });
const environment = environmentWith({
  exposure: Object.values(exposures),
  gateways: { house: nginx({ rate: { perSecond: 100_000, burst: 100_000 }, requestsAtOnce: 100 }) },
});

/** The gateway with the real activator beside it, before a service that is not there yet. */
async function startHouse(answer: (response: ServerResponse) => void) {
  const stack = new AsyncDisposableStack();
  const late = stack.use(
    await lateServer(({ url }, response) => (url === '/readyz' ? json(response, {}) : answer(response))),
  );
  const sleepers = sleepersText([{ name: 'attic', readyUrl: `${late.url}/readyz`, coldStart: '30s' }]);
  const doorman = await buildApp(app, { env: { [activator.variable]: sleepers }, logTo: new LogLines() });
  stack.defer(() => doorman.close());
  await doorman.server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = doorman.server.server.address() as AddressInfo;
  const upstreams = { attic: Number(new URL(late.url).port), activator: port };
  const gate = stack.use(await startGateway({ system: house, environment, upstreams }));
  return {
    gate,
    late,
    async untilWaiting(count: number) {
      await eventually(
        async () => {
          const gauge = await doorman.registry.getSingleMetric('http_client_waiting_requests')?.get();
          expect(gauge?.values.map(({ value }) => value)).toEqual([count]);
        },
        { interval: 5 },
      );
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test('no request is lost on the way to a service that has to start, and each reaches it once', async (context) => {
  await needNginx(context);
  await using house = await startHouse((response) => json(response, {}));
  const ask = async (options: Parameters<typeof request>[1] = {}) => {
    const { statusCode, body } = await request(`${house.gate.url}/boxes`, options);
    await body.dump();
    return statusCode;
  };
  const picture = 'picture'.repeat(100_000);
  const all = [
    ...Array.from({ length: 10 }, () => ask()),
    ...Array.from({ length: 10 }, () => ask({ method: 'POST', body: picture })),
  ];
  await house.untilWaiting(20);
  house.late.startIn(1_000);
  expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, () => 200));
  await house.untilWaiting(0);
  const reached = house.late.asked('/boxes').map(({ method, body }) => `${method} ${body.length}`);
  expect(reached.toSorted()).toEqual([
    ...Array.from({ length: 10 }, () => 'GET 0'),
    ...Array.from({ length: 10 }, () => `POST ${picture.length}`),
  ]);
});

test('a browser that leaves waits no longer, and wakes nobody', async (context) => {
  await needNginx(context);
  await using house = await startHouse((response) => json(response, {}));
  const leave = new AbortController();
  const left = request(`${house.gate.url}/boxes`, { signal: leave.signal });
  await house.untilWaiting(1);
  leave.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  await house.untilWaiting(0);
});
