import { afterAll, beforeAll, expect, test } from 'vitest';
import posts from '../src/apps/posts/contract.ts';
import insta from '../src/systems/insta.ts';
import type { Caller } from '../test/insta/caller.ts';
import { crowd } from '../test/insta/crowd.ts';
import { tour } from '../test/insta/tour.ts';
import { ingressOf } from './ingress.ts';
import { callerOfInsta, namespace } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { kubectl, podsIn, restartsOf } from './kubectl.ts';
import { load } from './load.ts';
import { settled } from './settled.ts';

const caller = callerOfInsta();

beforeAll(makeRoomForManyPeople);
afterAll(() => caller.close());

test('a rolling restart of every service loses no request', async () => {
  const seconds = 75;
  const rate = 50;
  const { ann } = await tour(caller);
  const bad: string[] = [];
  let requests = 0;
  const watched = watch(caller, (what, status) => {
    requests++;
    if (typeof status !== 'number' || status >= 500) bad.push(`${new Date().toISOString()} ${what}: ${status}`);
  });
  const before = await podsIn(namespace);
  const startedAt = Date.now();
  const loading = load({
    url: `${ingressOf('insta.test')}${posts.routes.feed.path}`,
    headers: { host: 'insta.test', authorization: `Bearer ${await ann.token()}` },
    rate,
    seconds,
  });
  let tours = 0;
  const touring = Promise.all(
    Array.from({ length: 3 }, async () => {
      while (Date.now() < startedAt + seconds * 1_000) {
        await tour(watched).then(
          () => tours++,
          // What was answered and how is in the list already, unless the answer was good and wrong.
          (error: Error) => bad.push(`a tour: ${error.message}`),
        );
      }
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  await kubectl(['rollout', 'restart', '-n', namespace, ...insta.services.map(({ name }) => `deployment/${name}`)]);
  await settled(namespace);
  const restarted = (Date.now() - startedAt) / 1_000;
  const result = await loading;
  await touring;
  console.log(
    `all pods were replaced ${restarted.toFixed(1)} s after the start of ${seconds} s of load: ${tours} tours with ${requests} requests, and the feed ${rate} times a second: ${JSON.stringify(result)}`,
  );
  expect(bad).toEqual([]);
  expect(result).toMatchObject({ answered: rate * seconds, lost: 0, failed: 0 });
  expect(tours).toBeGreaterThan(0);
  // The restart was over before the load was, and the rate was held: else nothing was shown.
  expect(restarted).toBeLessThan(seconds);
  // The last answer may take as long as any, which is ten seconds.
  expect(result.seconds).toBeLessThan(seconds + 10);
  const after = await podsIn(namespace);
  const services = new Set(insta.services.map(({ name }) => name));
  const isOfService = (pod: (typeof after)[number]) =>
    services.has(pod.metadata.labels['app.kubernetes.io/name'] ?? '');
  const old = new Set(before.map((pod) => pod.metadata.name));
  expect(after.filter((pod) => isOfService(pod) && old.has(pod.metadata.name))).toEqual([]);
  expect(Math.max(...Object.values(restartsOf(after)))).toBe(0);
});

test('300 people at once see what they and the others did, and nothing else', async () => {
  const print = (line: string) => console.log(`crowd: ${line}`);
  const { failures, mistakes, ...report } = await crowd(caller, { people: 300, seconds: 60, print });
  console.log(`crowd: ${JSON.stringify(report)}`);
  expect({ failures: failures.slice(0, 10), mistakes: mistakes.slice(0, 10) }).toEqual({ failures: [], mistakes: [] });
  expect(Math.max(...Object.values(restartsOf(await podsIn(namespace))))).toBe(0);
}, 420_000);

/** The same caller, whose answers somebody hears of. */
function watch(outside: Caller, hear: (what: string, status: number | string) => void): Caller {
  const call = async (...[route, given, options]: Parameters<Caller>) => {
    const what = `${route.method} ${route.path}`;
    try {
      const answer = await outside(route, given, options);
      hear(what, answer.status);
      return answer;
    } catch (error) {
      hear(what, (error as Error).message);
      throw error;
    }
  };
  return Object.assign(call, { close: () => outside.close() }) as Caller;
}
