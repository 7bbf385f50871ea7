import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import postsContract from '../src/apps/posts/contract.ts';
import { gatewayName } from '../src/charts/identity.ts';
import { demandQuery } from '../src/charts/observability/demand-query.ts';
import { cpu, podsFor, quantityValue, requestRate, scaling, scrapeSeconds, steps } from '../src/model/index.ts';
import insta from '../src/systems/insta.ts';
import { type Caller, createCaller } from '../test/insta/caller.ts';
import type { Person } from '../test/insta/person.ts';
import { tour } from '../test/insta/tour.ts';
import { ensureApplied } from './apply-rendered.ts';
import { DeploymentWatch } from './deployment-watch.ts';
import { namespace, podsOf } from './insta-cluster.ts';
import { instaScaledBy } from './insta-scaled-by.ts';
import { eventually, getJson, kubectl, restartsOf } from './kubectl.ts';
import { nodeAddress } from './node-address.ts';
import { query, withoutPrometheus } from './prometheus.ts';
import { settled } from './settled.ts';
import { SteadyLoad } from './steady-load.ts';

/** As declared, but that pods go after half a minute of calm, and half of them each quarter of a minute: a test does not wait for five. */
const soon = { scaleDown: { stabilization: '30s', policies: [{ percent: 50, per: '15s' }] } } as const;
const table = scaling.parse(steps({ behavior: soon }));
const byTable = steps({ fallback: 2, behavior: soon });
const byCpu = cpu({ min: 2, max: 6, cpu: 70, behavior: soon });

const environmentWith = (ofPosts: typeof byTable | typeof byCpu) => instaScaledBy({ posts: ofPosts, auth: byTable });

const demandOf = (service: string) =>
  demandQuery({ namespace, service, measure: requestRate, window: '30s', scraped: scrapeSeconds(table) });

const watches: Record<'posts' | 'auth', DeploymentWatch> = {} as never;
let load: SteadyLoad;
let caller: Caller;
let person: Person;
let token: string;
let renewal: NodeJS.Timeout;
const host = 'insta.test';

beforeAll(async () => {
  await ensureApplied(environmentWith(byTable));
  await settled(namespace);
  const url = `http://${await nodeAddress(namespace, gatewayName)}:${insta.entrances[0]?.nodePort}`;
  caller = createCaller({ url, host });
  const { ann, post } = await tour(caller);
  const path = postsContract.routes.one.path.replace(':id', post);
  load = new SteadyLoad(`${url}${path}`);
  person = ann;
  // A token lasts five minutes, and is renewed at half of that.
  renewal = setInterval(async () => {
    token = await person.token();
  }, 30_000);
  // Of a service that is new to it Prometheus learns after a while, and until then nobody can tell the demand.
  for (const name of ['posts', 'auth'] as const) {
    await eventually(
      300,
      () => query(demandOf(name)),
      (samples) => samples.length > 0,
    );
    watches[name] = new DeploymentWatch(namespace, name);
    await watches[name].has(2, 120);
  }
});
/** Reads the post, by the token of now. */
const read = {
  get headers() {
    return { host, authorization: `Bearer ${token}` };
  },
};
const refused = { headers: { host }, status: 401 };
beforeEach(async () => {
  load.forget();
  token = await person.token();
  // A table counts requests, whatever becomes of them: of five one reads a post, as a small node has no processors for 350 that do beside the pods that start.
  load.requests = [read, refused, refused, refused, refused];
});
afterAll(async () => {
  clearInterval(renewal);
  await load.end();
  await caller.close();
  for (const watch of Object.values(watches)) await watch[Symbol.asyncDispose]();
});

const seconds = (from: number, to = Date.now()) => ((to - from) / 1_000).toFixed(1);
const hold = (each: number) => new Promise((resolve) => setTimeout(resolve, each * 1_000));

test('posts has the pods that its table says, stable, at each rate, and auth its least', async () => {
  const { posts, auth } = watches;
  const startedAt = Date.now();
  for (const rate of [50, 150, 250, 350]) {
    const at = load.setRate(rate);
    const pods = podsFor(table, rate) ?? 0;
    const ready = await posts.has(pods, 120);
    const before = load.answered;
    await hold(20);
    const answered = `${Math.round((load.answered - before) / 20)} requests/s were answered`;
    console.log(
      `${rate}/s: ${pods} pods Ready after ${seconds(at, ready)} s, then ${answered}; wanted ${posts.wantedSince(at).join(', ')}`,
    );
    // None came or went since.
    expect(posts.since(ready), answered).toMatchObject([{ wanted: pods, ready: pods }]);
  }
  expect(auth.wantedSince(startedAt)).toEqual([2]);
  noneLost();
}, 420_000);

test('they go again in the declared steps', async () => {
  const { posts } = watches;
  const at = load.setRate(50);
  await posts.has(2, 150);
  console.log(`back to 50/s: 2 pods after ${seconds(at)} s; wanted ${posts.wantedSince(at).join(', ')}`);
  // By what was seen: a period of 15 s, of which looking takes a part. Of an odd number an HPA takes the larger half.
  const changes = posts.since(at);
  for (const { at: when, wanted } of changes) {
    const before = posts.since(when - 12_000).filter((each) => each.at <= when);
    const most = Math.max(...before.map((each) => each.wanted));
    expect(wanted).toBeGreaterThanOrEqual(Math.floor(most / 2));
  }
  // Half a minute of calm first, and half a minute until the last request is forgotten.
  expect(changes[1]?.at).toBeGreaterThan(at + 30_000);
  noneLost();
});

test('without Prometheus no pod goes, and afterwards the table counts again', async (context) => {
  const { posts } = watches;
  load.setRate(150);
  await posts.has(4, 90);
  const at = Date.now();
  const isDone = await withoutPrometheus(async () => {
    await hold(45);
    load.setRate(350);
    await hold(15);
  });
  if (!isDone) return context.skip('prometheus-operator does not run the Prometheus of this cluster');
  const back = Date.now();
  await posts.has(10, 120);
  console.log(
    `without Prometheus for ${seconds(at, back)} s: wanted ${posts.wantedSince(at).join(', ')}; 10 pods ${seconds(back)} s after it was back`,
  );
  expect(Math.min(...posts.since(at).map(({ wanted }) => wanted))).toBe(4);
  // Six pods start at once, while Prometheus itself does.
  noneLost(3);
}, 420_000);

test('another autoscaler takes over, and this one again: no pod is missed, no request fails', async () => {
  const { posts } = watches;
  byCost();
  load.setRate(150);
  await posts.has(4, 150);
  const at = Date.now();
  const scaler = () =>
    getJson<{ metadata: { ownerReferences?: { kind: string }[] }; spec: { metrics: { type: string }[] } }>([
      ...['hpa/posts', '-n', namespace],
    ]);
  // What docs/guide/scaling.md says, in its order.
  await kubectl(['delete', 'scaledobject/posts', '-n', namespace, '--cascade=orphan']);
  await ensureApplied(environmentWith(byCpu));
  await eventually(
    30,
    scaler,
    ({ metadata, spec }) => !metadata.ownerReferences && spec.metrics[0]?.type === 'Resource',
  );
  await hold(30);
  const byCpuFrom = Date.now();
  console.log(`by CPU: wanted ${posts.wantedSince(at).join(', ')}`);
  await ensureApplied(environmentWith(byTable));
  await eventually(
    30,
    scaler,
    ({ metadata, spec }) =>
      metadata.ownerReferences?.[0]?.kind === 'ScaledObject' && spec.metrics[0]?.type === 'External',
  );
  await posts.has(4, 150);
  console.log(`by the table again: wanted ${posts.wantedSince(byCpuFrom).join(', ')}`);
  expect(Math.min(...posts.since(at).map(({ wanted, ready }) => Math.min(wanted, ready)))).toBe(4);
  noneLost();
  expect(Math.max(...Object.values(restartsOf(await podsOf('posts'))))).toBe(0);
}, 420_000);

test('after a rise the table has its pods sooner than CPU', async (context) => {
  if (!process.env['E2E_LONG']) return context.skip('E2E_LONG is not set: it takes four more minutes');
  const { posts } = watches;
  const pods = podsFor(table, 250) ?? 0;
  byCost();
  const rise = async () => {
    load.setRate(50);
    await posts.has(2, 150);
    await hold(30);
    const at = load.setRate(250);
    const seen = await eventually(
      180,
      async () => posts.now,
      ({ ready }) => ready >= pods,
    );
    return Number(seconds(at, seen.at));
  };
  const byRequests = await rise();
  await hold(45);
  // CPU is to want as many pods at that rate as the table: what one of them then uses.
  const share = await cpuShareOf('posts');
  await kubectl(['delete', 'scaledobject/posts', '-n', namespace, '--cascade=orphan']);
  await ensureApplied(environmentWith(byCpu));
  const target = { op: 'replace', path: '/spec/metrics/0/resource/target/averageUtilization', value: share };
  await kubectl(['patch', 'hpa/posts', '-n', namespace, '--type=json', '-p', JSON.stringify([target])]);
  const byUse = await rise();
  console.log(
    `from 50/s to 250/s, until ${pods} pods are Ready: by requests ${byRequests} s, by CPU at ${share} % of its request ${byUse} s: ${(byUse / byRequests).toFixed(2)} times as long`,
  );
  expect(byRequests).toBeLessThan(byUse);
}, 900_000);

/** CPU follows what requests cost: from now on each reads a post. */
function byCost(): void {
  load.requests = [read];
}

/**
 * Pods that start take the processors of a small node from those that answer, and from their database: of a thousand requests so many may be put off, with when to try
 * again. None may fail.
 *
 * @param most of a thousand
 */
function noneLost(most = 1): void {
  const { answered, shed, omitted, bad } = load;
  console.log(`${answered} answered, ${shed} put off, ${bad.length} failed; ${omitted} not sent, as there was no time`);
  expect(bad).toEqual([]);
  expect(shed).toBeLessThanOrEqual((most * answered) / 1_000);
}

/** What the pods of a service use of the CPU that they request, on average, in per cent, as an HPA reads it. */
async function cpuShareOf(name: 'posts'): Promise<number> {
  const selector = encodeURIComponent(`app.kubernetes.io/name=${name}`);
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?labelSelector=${selector}`;
  const { items } = JSON.parse(await kubectl(['get', '--raw', path])) as {
    items: { containers: { usage: { cpu: string } }[] }[];
  };
  const used = items.map(({ containers }) => quantityValue(containers[0]?.usage.cpu ?? ''));
  const requested = quantityValue(insta.services.find((each) => each.name === name)?.resources.cpu ?? '0');
  return Math.round((100 * used.reduce((sum, each) => sum + each, 0)) / used.length / requested);
}
