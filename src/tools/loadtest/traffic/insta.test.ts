import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { runInsta } from '../../../../test/insta/running.ts';
import users from '../../../apps/users/contract.ts';
import insta from '../../../systems/insta.ts';
import { createDevProxy } from '../../dev-proxy.ts';
import { LoadClient } from '../load-client.ts';
import { openTraffic } from '../open-traffic.ts';

test('each request is answered as its route says, also once tokens have ended, and nothing stays', {
  timeout: 120_000,
}, async () => {
  await using running = await runInsta({ ACCESS_TOKEN_TTL: '4s', ADDRESS_LIMIT: '1000' });
  const contracts = new Map(insta.services.map(({ name, contract }) => [name, contract]));
  const proxy = await createDevProxy(insta, (name) => {
    const contract = contracts.get(name);
    return contract ? running.urlOf(contract) : '';
  });
  await using _ = { [Symbol.asyncDispose]: () => proxy.close() };
  await proxy.listen({ host: '127.0.0.1', port: 0 });
  const origin = `http://127.0.0.1:${(proxy.server.address() as AddressInfo).port}`;
  await using client = new LoadClient({ connections: 10, timeout: 20_000 });

  const lines: string[] = [];
  const traffic = await openTraffic({
    ...{ system: insta, services: [], url: new URL(origin), print: (line: string) => lines.push(line) },
  });
  const tryAll = async () => {
    const outcomes: string[] = [];
    for (const route of traffic.routes)
      for (let count = 0; count < 3; count++) {
        const outcome = await client.send(route.next(), { origin });
        if (typeof outcome !== 'number' || outcome >= 300) outcomes.push(`${route.name}: ${outcome}`);
      }
    return outcomes;
  };
  expect(await tryAll()).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await tryAll()).toEqual([]);
  expect(new Set(traffic.routes.map(({ service }) => service))).toEqual(
    new Set(insta.services.map(({ name }) => name)),
  );

  const someone = traffic.routes.find(({ name }) => name === `GET ${users.routes.me.path}`)?.next();
  if (!someone) throw new Error('nobody asks who they are');
  await traffic[Symbol.asyncDispose]();
  expect(lines).toEqual(['6 people who follow each other, with 18 posts; they are deleted afterwards']);
  // Their profiles go with their accounts, once the service has heard of it.
  await expect.poll(() => client.send(someone, { origin }), { timeout: 20_000 }).not.toBe(200);
});

test('of one service alone, and an unknown one is told with those there are', async () => {
  const props = { system: { ...insta, name: 'bird-house' }, url: new URL('http://127.0.0.1:1'), print: () => {} };
  const { routes } = await openTraffic({ ...props, services: ['web'] });
  expect(routes.map(({ name }) => name)).toContain('GET /log-in');
  expect(routes.every(({ service, name }) => service === 'web' && !name.includes(':'))).toBe(true);
  await expect(openTraffic({ ...props, services: ['posts'] })).rejects.toThrow(
    '--service: got posts, which has no route that a load test knows to ask; allowed: auth | web; fix: write src/tools/loadtest/traffic/bird-house.ts',
  );
});
