import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import auth from '../src/apps/auth/contract.ts';
import { treeOf } from '../src/apps/kit/testing/otlp-receiver.ts';
import media from '../src/apps/media/contract.ts';
import posts from '../src/apps/posts/contract.ts';
import users from '../src/apps/users/contract.ts';
import { gatewayName } from '../src/charts/identity.ts';
import { defineEnvironment, type Route } from '../src/model/index.ts';
import insta from '../src/systems/insta.ts';
import type { CallerOptions } from '../test/insta/caller.ts';
import { Person, picture } from '../test/insta/person.ts';
import { ensureApplied } from './apply-rendered.ts';
import { callerOfInsta, namespace } from './insta-cluster.ts';
import { instaScaledBy } from './insta-scaled-by.ts';
import { eventually, kubectl } from './kubectl.ts';
import { runCollector, spansOfTrace, tracesToTheTest } from './otlp-collector.ts';
import { settled } from './settled.ts';

const onePodEach = instaScaledBy({});

/** Every trace is recorded, and what services ask one another is logged too. */
const environment = defineEnvironment({
  ...onePodEach,
  tracing: tracesToTheTest,
  overrides: {
    ...onePodEach.overrides,
    insta: Object.fromEntries(
      Object.entries(onePodEach.overrides['insta'] ?? {}).map(([name, override]) => [
        name,
        { ...override, env: { ...override.env, LOG_LEVEL: 'debug' } },
      ]),
    ),
  },
} as Parameters<typeof defineEnvironment>[0]);

/** Spans are gathered for a second before they are sent, and a busy node takes longer. */
const untilSent = 30;

const caller = callerOfInsta();
let ann: Person;
let ben: Person;

beforeAll(async () => {
  await runCollector();
  await ensureApplied(environment);
  await settled(namespace);
  const run = Date.now().toString(36);
  [ann, ben] = (await eventually(
    60,
    () => Promise.all(['ann', 'ben'].map((name) => new Person(caller, `${name}.${run}`).arrive())),
    () => true,
  )) as [Person, Person];
  await ben.post('Good evening');
});
afterAll(() => caller.close());

/** Asks within a trace of its own, which began outside. */
async function traced(
  route: Route,
  by: Person | undefined,
  call: object | undefined,
  options: CallerOptions = {},
): Promise<string> {
  const traceId = randomBytes(16).toString('hex');
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-00` };
  const asked = { ...options, headers };
  const answer = await (by ? by.tryTo(route, call as never, asked) : caller(route, call as never, asked));
  expect(answer).toMatchObject({ status: route.status });
  return traceId;
}

/** Its tree, once all of these are in it, each below the one that it is named under. */
async function treeWith(traceId: string, lines: readonly string[]): Promise<readonly string[]> {
  return eventually(
    untilSent,
    async () => treeOf(await spansOfTrace(traceId)),
    (tree) => lines.every((line) => tree.includes(line)),
  );
}

/** Which of these wrote lines with the trace. */
async function loggedBy(traceId: string, names: readonly string[]): Promise<readonly string[]> {
  const said = await Promise.all(
    names.map(async (name) => {
      const selector = `app.kubernetes.io/name=${name}`;
      const lines = await kubectl([
        'logs',
        '-n',
        namespace,
        '-l',
        selector,
        '--all-containers',
        '--since=5m',
        '--tail=-1',
      ]);
      return lines.split('\n').some((line) => line.startsWith('{') && JSON.parse(line).trace_id === traceId);
    }),
  );
  return names.filter((_, at) => said[at]);
}

/** Fails unless it is one tree: each span but the first is a part of one that is there too. */
async function expectOneTree(traceId: string, tree: readonly string[]): Promise<void> {
  const spans = await spansOfTrace(traceId);
  expect(tree).toHaveLength(spans.length);
  expect(tree.filter((line) => !line.startsWith(' '))).toHaveLength(1);
}

test('a feed is one tree of all who have a part in it, and each logs the same trace', async () => {
  await ann.ask(users.routes.follow, { params: { handle: ben.handle } });
  // What posts remembers of whom she follows is over after two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const traceId = await traced(posts.routes.feed, ann, { query: { limit: 20 } });
  const tree = await treeWith(traceId, [
    'posts: GET /feed',
    '  posts: GET /internal/people/:id/followed',
    '    users: GET /internal/people/:id/followed',
  ]);
  console.log(tree.join('\n'));
  await expectOneTree(traceId, tree);
  const namespaces = (await spansOfTrace(traceId)).map(({ attributes }) => attributes['db.namespace']);
  expect(new Set(namespaces.filter(Boolean))).toEqual(new Set(['posts', 'users']));
  const names = [gatewayName, 'posts', 'users'];
  expect(
    await eventually(
      untilSent,
      () => loggedBy(traceId, names),
      (found) => found.length === names.length,
    ),
  ).toEqual(names);
});

test('so are a log-in, an upload and a new post, and together they have every service and store of insta', async () => {
  const logIn = await traced(auth.routes.logIn, undefined, { body: { email: ann.email, password: ann.password } });
  const upload = await traced(media.routes.upload, ann, undefined, { file: await picture(), fileType: 'image/jpeg' });
  const create = await traced(posts.routes.create, ann, { body: { caption: 'Hello', media: [await ann.upload()] } });
  const trees = await Promise.all([
    treeWith(logIn, ['auth: POST /auth/sessions']),
    treeWith(upload, ['media: POST /media', '  media: S3.PutObject']),
    treeWith(create, ['posts: POST /posts', '    media: GET /internal/files']),
  ]);
  for (const [at, tree] of trees.entries()) {
    console.log(tree.join('\n'));
    await expectOneTree([logIn, upload, create][at] as string, tree);
  }
  const spans = (await Promise.all([logIn, upload, create].map(spansOfTrace))).flat();
  const stores = new Set(spans.map(({ attributes }) => attributes['db.system.name'] ?? attributes['rpc.system.name']));
  expect([...stores].filter(Boolean).toSorted()).toEqual(['aws-api', 'postgresql', 'redis']);
  const backends = insta.services.filter(({ uses }) => Object.keys(uses).length > 0).map(({ name }) => name);
  expect(new Set(spans.map(({ resource }) => resource['service.name']))).toEqual(new Set(backends));
  expect(new Set(spans.map(({ resource }) => resource['service.namespace']))).toEqual(new Set([insta.name]));
  const sent = JSON.stringify(spans);
  expect([ann.password, ann.email, 'Bearer '].filter((secret) => sent.includes(secret))).toEqual([]);
});
