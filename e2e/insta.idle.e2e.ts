import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import mediaContract from '../src/apps/media/contract.ts';
import { gatewayName } from '../src/charts/identity.ts';
import { steps } from '../src/model/index.ts';
import insta from '../src/systems/insta.ts';
import { type Caller, createCaller } from '../test/insta/caller.ts';
import { Person, picture } from '../test/insta/person.ts';
import { ensureApplied } from './apply-rendered.ts';
import { DeploymentWatch } from './deployment-watch.ts';
import { namespace, podsOf } from './insta-cluster.ts';
import { instaScaledBy } from './insta-scaled-by.ts';
import { nodeAddress } from './node-address.ts';
import { withoutPrometheus } from './prometheus.ts';
import { settled } from './settled.ts';

/** Media has no pods after half a minute without a request. */
const environment = instaScaledBy({ media: steps({ fallback: 2, window: '20s', idle: { after: '30s' } }) });

let caller: Caller;
let watch: DeploymentWatch;
let ann: Person;
/** An account may have four uploads under way at once. */
let people: readonly Person[];
let content: Buffer;
let file: string;

const isAsked = Boolean(process.env['E2E_LONG']);

beforeAll(async () => {
  if (!isAsked) return;
  await ensureApplied(environment);
  await settled(namespace);
  const url = `http://${await nodeAddress(namespace, gatewayName)}:${insta.entrances[0]?.nodePort}`;
  caller = createCaller({ url, host: 'insta.test', patience: 90_000 });
  const run = Date.now().toString(36);
  people = await Promise.all(
    Array.from({ length: 5 }, (_, index) => new Person(caller, `person${index}.${run}`).arrive()),
  );
  ann = people[0] as Person;
  watch = new DeploymentWatch(namespace, 'media');
  content = await picture();
  // Also from a cluster in which media has none from before.
  file = await ann.upload(content);
});
beforeEach((context) => {
  if (!isAsked)
    context.skip('E2E_LONG is not set: it takes ten minutes, most of them waiting until nobody has asked for a while');
});
afterAll(async () => {
  if (!isAsked) return;
  await caller.close();
  await watch[Symbol.asyncDispose]();
});

/** Waits until media has no pod at all, and nobody brings one back for a while. */
async function quiet(): Promise<void> {
  const since = Date.now();
  const at = await watch.has(0, 420);
  for (let left = 60; (await podsOf('media')).length > 0; left--) {
    if (left === 0) throw new Error('media is to have no pods, and has some');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  expect(watch.now).toMatchObject({ wanted: 0, ready: 0 });
  console.log(`media had no pods after ${seconds(since, at)} s without a request`);
}

const seconds = (from: number, to = Date.now()) => ((to - from) / 1_000).toFixed(1);

/** Asks, and tells what the time went into. */
async function timed<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const at = Date.now();
  const answer = await ask();
  const answered = Date.now();
  const seen = watch.since(at);
  const wanted = seen.find((each) => each.wanted > 0)?.at ?? Number.NaN;
  const ready = seen.find((each) => each.ready > 0)?.at ?? Number.NaN;
  console.log(
    `${what}: ${seconds(at, answered)} s: ${seconds(at, wanted)} s until a pod was wanted, ${seconds(wanted, ready)} s until it was Ready, ${seconds(ready, answered)} s until the answer`,
  );
  // It was woken by this, and had not been there before.
  expect(seen[0]).toMatchObject({ wanted: 0, ready: 0 });
  expect(wanted).toBeGreaterThan(at);
  return answer;
}

test('the first upload after a quiet time is answered', async () => {
  await quiet();
  await timed('an upload', () => ann.upload(content));
}, 600_000);

test('20 uploads at once are all answered', async () => {
  await quiet();
  const uploads = people.flatMap((person) => Array.from({ length: 4 }, () => () => person.upload(content)));
  const files = await timed('20 uploads', () => Promise.all(uploads.map((upload) => upload())));
  expect(new Set(files).size).toBe(20);
}, 600_000);

test('so is a download, and what another service asks', async () => {
  await quiet();
  const [answer, post] = await timed('a download and a new post', () =>
    Promise.all([caller(mediaContract.routes.download, { params: { id: file } }), ann.post('Good morning', [file])]),
  );
  expect(answer.status).toBe(200);
  expect(content.equals(answer.body as unknown as Buffer)).toBe(true);
  expect(post.media).toMatchObject([{ id: file }]);
}, 600_000);

test('while nobody can tell the demand it keeps its pods, however quiet it is', async ({ skip }) => {
  await ann.upload(content);
  const at = Date.now();
  const isTried = await withoutPrometheus(async () => {
    // More than the rate's window and the half minute after which it would sleep.
    await new Promise((resolve) => setTimeout(resolve, 90_000));
    expect(watch.wantedSince(at)).toEqual([2]);
  });
  if (!isTried) skip('prometheus-operator does not run the Prometheus of this cluster');
  await quiet();
  console.log(`with Prometheus away for ${seconds(at)} s in all it had ${watch.wantedSince(at).join(', ')} pods`);
}, 600_000);
