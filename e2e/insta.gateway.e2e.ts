import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import posts from '../src/apps/posts/contract.ts';
import { gatewayName } from '../src/charts/identity.ts';
import { kitPaths } from '../src/model/index.ts';
import { seen, tour } from '../test/insta/tour.ts';
import { namespace } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { eventually, kubectl } from './kubectl.ts';
import { host, type Way, waysToInsta } from './ways-to-insta.ts';

const agent = new Agent();
let ways: Awaited<ReturnType<typeof waysToInsta>> = new Map();
const wayBy = (name: 'Ingress' | 'NodePort'): Way => {
  const way = ways.get(name);
  if (!way) throw new Error(`no way in by ${name}`);
  return way;
};

beforeAll(async () => {
  await makeRoomForManyPeople();
  ways = await waysToInsta();
});
afterAll(async () => {
  for (const { caller } of ways.values()) await caller.close();
  await agent.close();
});

describe.each(['Ingress', 'NodePort'] as const)('by %s', (name) => {
  test('two people make accounts, follow, post, look, like and comment', async () => {
    const { caller } = wayBy(name);
    const visit = await eventually(
      60,
      () => tour(caller),
      () => true,
    );
    await seen(visit, caller);
  });

  const id = '0b0e6c3e-6f5a-4a53-a2a4-0f3b2a3d5a11';
  test.each([
    ...Object.values(kitPaths),
    ...['/metrics', '/status', '/nginx_status', '/anything', '/documentation', '/.env', '/gateway'],
    ...['/internal/deleted-accounts', `/internal/people?ids=${id}`, `/internal/people/${id}/followed`],
    ...[`/internal/people/${id}/parted?ids=${id}`, `/internal/files?ids=${id}`],
    ...['/auth/../internal/deleted-accounts', '/auth/..%2finternal/deleted-accounts', '//internal/deleted-accounts'],
    ...[
      '/%69nternal/deleted-accounts',
      '/auth/account/',
      '/AUTH/account',
      '/posts/%2e%2e/internal/files',
      '/users/me/',
    ],
    ...['/problem/404', '/draining', '/GET%20/feed'],
  ])('%s is not to be reached', async (path) => {
    // As it is written: a URL object would resolve its dots.
    const { statusCode, body } = await agent.request({
      origin: wayBy(name).url,
      path,
      method: 'GET',
      headers: { host },
    });
    await body.dump();
    expect(statusCode).toBe(404);
  });

  test('a made-up address is not believed', async () => {
    const { url } = wayBy(name);
    const clientOf = async (headers: Record<string, string>) => {
      const requestId = randomBytes(8).toString('hex');
      const { body } = await request(`${url}${posts.routes.feed.path}`, {
        headers: { host, 'x-request-id': requestId, ...headers },
      });
      await body.dump();
      const line = await eventually(
        20,
        async () => {
          const logs = await kubectl([
            ...['logs', '-n', namespace, '-l', `app.kubernetes.io/name=${gatewayName}`],
            ...['--tail=-1', '--since=2m', '--prefix=false'],
          ]);
          return logs.split('\n').find((each) => each.includes(requestId)) ?? '';
        },
        (found) => found !== '',
      );
      return (JSON.parse(line) as { 'client.address': string })['client.address'];
    };
    const made = { 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7', forwarded: 'for=203.0.113.7' };
    const truth = await clientOf({});
    expect(truth).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(await clientOf(made)).toBe(truth);
  });
});
