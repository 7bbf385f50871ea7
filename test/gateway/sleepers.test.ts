import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { nowhere, stubServer } from '../../src/apps/kit/testing/stub-server.ts';
import { nginxConfig } from '../../src/charts/gateway/nginx-config.ts';
import { defineContract, defineService, defineSystem, file, get, nginx, post, steps } from '../../src/model/index.ts';
import { environmentWith, exposures } from '../declarations.ts';
import { checked, needNginx, type RunningGateway, startGateway } from './nginx.ts';
import { office } from './shop.ts';

const summary = 'For a test.';
const exposed = true;

const kiosk = defineService({
  contract: defineContract({
    name: 'kiosk',
    port: 3000,
    coldStart: '5s',
    routes: {
      list: get('/items', { summary, exposed, response: z.unknown() }),
      add: post('/items', { summary, exposed, body: z.unknown(), response: z.unknown() }),
      logIn: post('/log-in', {
        ...{ summary, exposed, rate: { perSecond: 1, burst: 1 } },
        body: z.unknown(),
        response: z.unknown(),
      }),
      upload: post('/files', {
        ...{ summary, exposed, body: file({ types: ['image/*'], limit: '8Mi' }) },
        response: z.unknown(),
      }),
    },
  }),
  owner: 'team',
  description: 'Sleeps.',
  scaling: steps({ idle: { after: '10m' } }),
  lifecycle: { request: '10s', drain: '10s', drainDelay: '2s' },
});

const market = defineSystem({
  name: 'market',
  services: [kiosk, office],
  entrances: [
    { host: 'kiosk', services: [kiosk] },
    { host: 'office', services: [office] },
  ],
});
const gateway = nginx({ rate: { perSecond: 100_000, burst: 100_000 }, requestsAtOnce: 4 });
const environment = environmentWith({ exposure: Object.values(exposures), gateways: { market: gateway } });

async function startMarket(urls: { kiosk?: string; office?: string; activator?: string }): Promise<RunningGateway> {
  const portOf = async (url: string | undefined) => Number(new URL(url ?? (await nowhere())).port);
  const upstreams = {
    kiosk: await portOf(urls.kiosk),
    office: await portOf(urls.office),
    activator: await portOf(urls.activator),
  };
  return startGateway({ system: market, environment, upstreams });
}

/** A stub in place of the activator, which holds back what it is asked until it is told otherwise. */
async function sleepingActivator() {
  const held: ServerResponse[] = [];
  const stub = await stubServer((_, response) => void held.push(response));
  return {
    url: stub.url,
    requests: stub.requests,
    async untilAsked(times: number) {
      while (held.length < times) await sleep(5);
    },
    wake: () => {
      for (const response of held) response.writeHead(204).end();
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}

const awakeActivator = () => stubServer((_, response) => void response.writeHead(204).end());
const fine = () => stubServer((_, response) => void response.end('{}'));

/** A service that says how many bytes it got, and what they are. */
async function weighing() {
  const server = createServer((asked, response) => {
    const hash = createHash('sha256');
    let bytes = 0;
    asked.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    asked.on('end', () => response.end(JSON.stringify({ bytes, hash: hash.digest('hex') })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function statusOf(url: string, options: Parameters<typeof request>[1] = {}): Promise<number> {
  const { statusCode, body } = await request(url, options);
  await body.dump();
  return statusCode;
}

test('nginx -t passes', async (context) => {
  await needNginx(context);
  const { passed, said } = await checked(
    nginxConfig({ system: market, environment, gateway: environment.gateways['market'] as never }),
  );
  expect({ passed }, said).toEqual({ passed: true });
});

describe('a request of a service that sleeps', () => {
  test('waits until it is awake, and then reaches it; one of another service does not wait', async (context) => {
    await needNginx(context);
    await using activator = await sleepingActivator();
    await using service = await fine();
    await using gate = await startMarket({ kiosk: service.url, office: service.url, activator: activator.url });
    const waiting = request(`${gate.url}/items?page=2`, {
      headers: { authorization: 'Bearer secret', 'x-request-id': 'a-request-id' },
    });
    await activator.untilAsked(1);
    expect(await statusOf(`${gate.url}/papers`, { headers: { host: 'office.test' } })).toBe(200);
    expect(service.requests.map(({ url }) => url)).toEqual(['/papers']);
    activator.wake();
    expect((await waiting).statusCode).toBe(200);
    expect(service.requests.map(({ url }) => url)).toEqual(['/papers', '/items?page=2']);
    const [asked] = activator.requests;
    expect(asked).toMatchObject({ method: 'GET', url: '/awake/kiosk', headers: { 'x-request-id': 'a-request-id' } });
    expect(asked?.headers).not.toHaveProperty('authorization');
  });

  test('keeps its body, whether it stands on the disk or is passed on as it comes', async (context) => {
    await needNginx(context);
    await using activator = await sleepingActivator();
    await using service = await weighing();
    await using gate = await startMarket({ kiosk: service.url, activator: activator.url });
    const large = Buffer.alloc(5_000_000, 'picture');
    const small = Buffer.alloc(100_000, 'text');
    const send = async (path: string, body: Buffer | Readable) => {
      const { statusCode, body: answer } = await request(`${gate.url}${path}`, { method: 'POST', body });
      return { statusCode, ...((await answer.json()) as object) };
    };
    const sent = (body: Buffer) => ({
      statusCode: 200,
      bytes: body.length,
      hash: createHash('sha256').update(body).digest('hex'),
    });
    const chunks = Array.from({ length: 50 }, (_, index) => large.subarray(index * 100_000, (index + 1) * 100_000));
    const all = [send('/files', large), send('/files', Readable.from(chunks)), send('/items', small)];
    await activator.untilAsked(3);
    // Nothing of a question has a body.
    for (const { headers } of activator.requests) {
      expect(headers).not.toHaveProperty('content-length');
      expect(headers).not.toHaveProperty('transfer-encoding');
    }
    activator.wake();
    expect(await Promise.all(all)).toEqual([sent(large), sent(large), sent(small)]);
  });

  test('passes while the activator is away, whatever it says, and even if it hangs up', async (context) => {
    await needNginx(context);
    await using service = await fine();
    await using without = await startMarket({ kiosk: service.url });
    expect(await statusOf(`${without.url}/items`)).toBe(200);
    expect(await statusOf(`${without.url}/files`, { method: 'POST', body: Buffer.alloc(1_000_000) })).toBe(200);
    for (const status of [400, 401, 403, 404, 429, 500, 502, 503, 504]) {
      await using odd = await stubServer((_, response) => void response.writeHead(status).end('{}'));
      await using gate = await startMarket({ kiosk: service.url, activator: odd.url });
      expect({ status, passed: await statusOf(`${gate.url}/items`) }).toEqual({ status, passed: 200 });
    }
    await using rude = await stubServer((_, response) => void response.destroy());
    await using gate = await startMarket({ kiosk: service.url, activator: rude.url });
    expect(await statusOf(`${gate.url}/items`)).toBe(200);
  }, 60_000);

  test('is told by the service itself what is wrong, once it has waited in vain', async (context) => {
    await needNginx(context);
    await using activator = await awakeActivator();
    await using gate = await startMarket({ activator: activator.url });
    const { statusCode, headers, body } = await request(`${gate.url}/items`);
    expect(statusCode).toBe(502);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(await body.json()).toMatchObject({ status: 502, code: 'dependency-failed' });
  });

  test('counts as under way while it waits, and its answer has one line in the log', async (context) => {
    await needNginx(context);
    await using activator = await sleepingActivator();
    await using service = await fine();
    await using gate = await startMarket({ kiosk: service.url, activator: activator.url });
    const waiting = Array.from({ length: 4 }, () => statusOf(`${gate.url}/items`));
    await activator.untilAsked(4);
    expect(await statusOf(`${gate.url}/items`)).toBe(429);
    activator.wake();
    expect(await Promise.all(waiting)).toEqual([200, 200, 200, 200]);
    const lines = (await gate.log()).text.split('\n').filter((line) => line !== '');
    expect(
      lines
        .map((line) => JSON.parse(line))
        .map((line) => `${line['http.response.status_code']} ${line['http.route']}`)
        .toSorted(),
    ).toEqual([...Array(4).fill('200 /items'), '429 /items']);
  });
});

describe('of a service that may sleep, as of any other', () => {
  test('nobody outside asks the activator, and what is no route is none', async (context) => {
    await needNginx(context);
    await using activator = await awakeActivator();
    await using service = await fine();
    await using gate = await startMarket({ kiosk: service.url, activator: activator.url });
    const paths = [
      '/awake%20kiosk',
      '/awake/kiosk',
      '/awake%20',
      '/awake',
      '/@awake',
      '/%2Fawake%20kiosk',
      '//awake%20kiosk',
    ];
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      for (const path of paths) {
        expect({ method, path, status: await statusOf(`${gate.url}${path}`, { method }) }).toEqual({
          ...{ method, path, status: 404 },
        });
      }
    }
    expect(await statusOf(`${gate.url}/items`, { method: 'DELETE' })).toBe(405);
    expect(await statusOf(`${gate.url}/readyz`)).toBe(404);
    expect(activator.requests).toEqual([]);
    expect(service.requests).toEqual([]);
  });

  test('the rates of routes hold, and each request counts once', async (context) => {
    await needNginx(context);
    await using activator = await awakeActivator();
    await using service = await fine();
    await using gate = await startMarket({ kiosk: service.url, activator: activator.url });
    const logIn = () => statusOf(`${gate.url}/log-in`, { method: 'POST', body: '{}' });
    expect((await Promise.all([logIn(), logIn(), logIn()])).toSorted()).toEqual([200, 200, 429]);
  });

  test('a gateway that ends lets those that wait wait', async (context) => {
    await needNginx(context);
    await using activator = await sleepingActivator();
    await using service = await fine();
    await using gate = await startMarket({ kiosk: service.url, activator: activator.url });
    const waiting = statusOf(`${gate.url}/items`);
    await activator.untilAsked(1);
    const ended = gate.end();
    await sleep(100);
    // One that comes now, while the cluster forgets the pod, waits too.
    const late = statusOf(`${gate.url}/items`);
    await activator.untilAsked(2);
    await sleep(2_500);
    activator.wake();
    expect(await Promise.all([waiting, late, ended])).toEqual([200, 200, 0]);
  });
});
