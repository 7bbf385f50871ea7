import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import posts from '../src/apps/posts/contract.ts';
import web from '../src/apps/web/contract.ts';
import { gatewayName } from '../src/charts/identity.ts';
import type { Contract } from '../src/model/index.ts';
import insta from '../src/systems/insta.ts';
import { tour } from '../test/insta/tour.ts';
import { containerSeconds } from './container-seconds.ts';
import { callerOfInsta, namespace } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { getJson } from './kubectl.ts';
import { load } from './load.ts';
import { nodeAddress } from './node-address.ts';

/** How long through the gateway, and how long straight, to compare with. */
const seconds = { through: 15, straight: 8 };
const caller = callerOfInsta();
const headers: Record<string, string> = { host: 'insta.test' };

beforeAll(async () => {
  await makeRoomForManyPeople();
  const { ann } = await tour(caller);
  headers['authorization'] = `Bearer ${await ann.token()}`;
});
afterAll(() => caller.close());

test.for<[what: string, contract: Contract, path: string, rate: number]>([
  ['a static page', web, web.routes.home.path, 2_000],
  ['the feed', posts, posts.routes.feed.path, 300],
])('%s bears its rate through the gateway; what that costs', async ([what, contract, path, rate], { skip }) => {
  const { spec } = await getJson<{ spec: { clusterIP: string } }>(['service', contract.name, '-n', namespace]);
  const straight = `http://${spec.clusterIP}:${contract.port}`;
  const isReached = await request(`${straight}${path}`, { headers, headersTimeout: 5_000 }).then(
    async ({ body }) => body.dump().then(() => true),
    () => false,
  );
  const through = await measure(
    `http://${await nodeAddress(namespace, gatewayName)}:${insta.entrances[0]?.nodePort}${path}`,
    rate,
    seconds.through,
  );
  console.log(`${what}, ${rate} a second through the gateway: ${JSON.stringify(through)}`);
  expect(through).toMatchObject({ answered: rate * seconds.through, lost: 0, failed: 0 });
  // The rate was kept.
  expect(through.seconds).toBeLessThan((seconds.through * 4) / 3);
  if (!isReached) return skip(`${straight} is not reached from here, so there is nothing to compare with`);
  const alone = await measure(`${straight}${path}`, rate, seconds.straight);
  console.log(`${what}, ${rate} a second straight to ${contract.name}: ${JSON.stringify(alone)}`);
  expect(alone).toMatchObject({ answered: rate * seconds.straight, lost: 0, failed: 0 });
  const ratio = (key: 'p50' | 'p99' | 'cpu') => (through[key] / alone[key]).toFixed(2);
  console.log(
    `${what}: through the gateway ${ratio('p50')} times the median, ${ratio('p99')} times the 99th percentile and ${ratio('cpu')} times the CPU of pods for a request`,
  );

  async function measure(url: string, perSecond: number, during: number) {
    const containers = [...insta.services.map(({ name }) => name), gatewayName];
    const before = await containerSeconds(namespace, containers);
    const result = await load({ url, headers, rate: perSecond, seconds: during, connections: 50 });
    const after = await containerSeconds(namespace, containers);
    // Milliseconds that the pods computed for each request.
    return { ...result, cpu: Number(((1_000 * (after - before)) / result.answered).toFixed(3)) };
  }
});
