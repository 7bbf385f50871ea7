import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import postsContract from '../src/apps/posts/contract.ts';
import { gatewayName } from '../src/charts/identity.ts';
import { cpu, quantityValue, requests, scaling, steps } from '../src/model/index.ts';
import insta from '../src/systems/insta.ts';
import { type Recording, recording } from '../src/tools/simulate/recorded/recording.ts';
import { type Caller, createCaller } from '../test/insta/caller.ts';
import type { Person } from '../test/insta/person.ts';
import { tour } from '../test/insta/tour.ts';
import { ensureApplied } from './apply-rendered.ts';
import { DeploymentWatch } from './deployment-watch.ts';
import { namespace } from './insta-cluster.ts';
import { type Declared, instaScaledBy } from './insta-scaled-by.ts';
import { eventually, kubectl } from './kubectl.ts';
import { nodeAddress } from './node-address.ts';
import { PodLooks } from './pod-looks.ts';
import { query } from './prometheus.ts';
import { recordScaling, type Stretch } from './record-scaling.ts';
import { settled } from './settled.ts';
import { SteadyLoad } from './steady-load.ts';

interface Planned {
  readonly scaling: Declared;
  /** All but what comes after it: the last rate goes on until the least pods are back, or for so many seconds. */
  readonly traffic: readonly Stretch[];
  readonly calm: number;
  /** What each pod requests. @default - as declared */
  readonly cpuRequest?: string;
}

/** So a recording is over in some minutes; one has the declared five minutes of calm. */
const soon = { scaleDown: { stabilization: '30s', policies: [{ percent: 50, per: '15s' }] } } as const;
const level = (from: number, seconds: number): Stretch => ({ from, seconds });

const recordings: Readonly<Record<string, Planned>> = {
  'steps-levels': {
    scaling: steps({ fallback: 2, behavior: soon }),
    traffic: [level(50, 30), level(150, 60), level(250, 60), level(350, 60), level(50, 1)],
    calm: 150,
  },
  'steps-ramp': {
    scaling: steps({ fallback: 2, behavior: soon }),
    traffic: [
      { seconds: 150, from: 1, to: 350 },
      { seconds: 100, from: 350, to: 1 },
    ],
    calm: 100,
  },
  'steps-spike': {
    scaling: steps({ fallback: 2 }),
    traffic: [level(50, 5), level(320, 40), level(50, 1)],
    calm: 325,
  },
  'requests-wave': {
    scaling: requests({ min: 2, max: 8, perPod: 40, fallback: 2, behavior: soon }),
    traffic: [level(50, 30), level(250, 60), level(100, 80), level(300, 60), level(50, 1)],
    calm: 120,
  },
  'cpu-levels': {
    scaling: cpu({ min: 2, max: 6, cpu: 70, behavior: soon }),
    traffic: [level(50, 30), level(120, 75), level(220, 75), level(50, 1)],
    calm: 150,
    // Of what is declared a pod uses more than all at these rates, and no share of it would scale.
    cpuRequest: '100m',
  },
};

/** What a recording needs to know and no cluster tells: Kubernetes' own defaults otherwise. */
const hpaSync = Number(process.env['E2E_HPA_SYNC'] ?? 15);
const metricsInterval = Number(process.env['E2E_METRICS_INTERVAL'] ?? 15);
const asked = (process.env['E2E_RECORD'] ?? '').split(',').filter(Boolean);
const isAsked = (name: string) => asked.includes(name) || asked.includes('all');

const name = 'posts';
const posts = insta.services.find((each) => each.name === name);
const host = 'insta.test';
const ofAuth = steps({ fallback: 2 });
const counted = `{namespace="${namespace}",container="${name}"}`;

let load: SteadyLoad;
let caller: Caller;
let person: Person;

async function renewToken(): Promise<void> {
  load.requests = [{ headers: { host, authorization: `Bearer ${await person.token()}` } }];
}

beforeAll(async () => {
  const [first] = Object.keys(recordings).filter(isAsked);
  if (first === undefined) return;
  await apply(recordings[first] as Planned);
  const url = `http://${await nodeAddress(namespace, gatewayName)}:${insta.entrances[0]?.nodePort}`;
  caller = createCaller({ url, host });
  const { ann, post } = await tour(caller);
  load = new SteadyLoad(`${url}${postsContract.routes.one.path.replace(':id', post)}`);
  person = ann;
});
afterAll(async () => {
  await load?.end();
  await caller?.close();
});

/** As docs/guide/scaling.md says for another kind of autoscaler. */
async function apply(planned: Planned): Promise<void> {
  if (planned.scaling.kind === 'cpu')
    await kubectl(['delete', `scaledobject/${name}`, '-n', namespace, '--cascade=orphan', '--ignore-not-found']);
  await ensureApplied(instaScaledBy({ posts: planned.scaling, auth: ofAuth }));
  if (planned.cpuRequest)
    await kubectl(['set', 'resources', `deployment/${name}`, '-n', namespace, `--requests=cpu=${planned.cpuRequest}`]);
  await settled(namespace);
}

for (const [file, planned] of Object.entries(recordings)) {
  test(file, async (context) => {
    if (!isAsked(file))
      return context.skip(`E2E_RECORD does not name ${file}: it takes six minutes of a quiet cluster`);
    const declared = scaling.parse(planned.scaling);
    await apply(planned);
    await using watch = new DeploymentWatch(namespace, name);
    const looks = new PodLooks(namespace, name);
    const least = 2;
    await eventually(
      240,
      async () => watch.now,
      ({ wanted, ready }) => wanted === least && ready === least,
    );
    // Of a service that is new to it Prometheus learns after a while, and until then nobody can tell the demand. What a pod does in its first half minute is no rest.
    const [atRest] = await eventually(
      300,
      () =>
        query(
          `avg(rate(process_cpu_seconds_total${counted}[45s])) and on() time() - max(process_start_time_seconds${counted}) > 75 and on() sum(rate(http_requests_total${counted}[30s])) >= 0`,
        ),
      (samples) => samples.length > 0,
    );
    await looks.look();
    await renewToken();
    const {
      startedAt,
      points,
      planned: toBe,
      answered,
    } = await recordScaling({
      ...{ load, watch, looks, until: least, eachMinute: renewToken },
      ...{ traffic: planned.traffic, calm: planned.calm },
    });
    const cpuAtRest = atRest?.value ?? 0;
    const made: Recording = {
      ...{
        version: 1,
        system: insta.name,
        service: name,
        startedAt: new Date(startedAt).toISOString(),
        scaling: declared,
      },
      ...{ hpaSync, metricsInterval, podStart: medianOf(looks.startsSince(startedAt)) },
      ...{ cpuPerRequest: await cpuPerRequest(points, cpuAtRest), cpuAtRest: rounded(cpuAtRest) },
      cpuRequest: quantityValue(planned.cpuRequest ?? posts?.resources.cpu ?? ''),
      requests: { planned: toBe, answered, failed: load.bad.length + load.shed },
      points,
    };
    show(file, made, watch, startedAt);
    // With fewer it was another load: this machine was too slow for it.
    expect(answered).toBeGreaterThan(0.98 * toBe);
    expect(load.bad.length + load.shed).toBeLessThan(0.005 * toBe);
    load.forget();
    expect(Math.max(...points.map(({ ready }) => ready))).toBeGreaterThan(least);
    await writeFile(new URL(`../src/tools/simulate/recorded/${file}.json`, import.meta.url), textOf(made));
  }, 900_000);
}

/** Without what its pods use at rest, and without what a pod uses until it is scraped: it starts then. */
async function cpuPerRequest(points: Recording['points'], cpuAtRest: number): Promise<number> {
  const over = `${counted}[${points.length}s]`;
  const [used, answered] = await Promise.all(
    ['process_cpu_seconds_total', 'http_requests_total'].map((each) => query(`sum(increase(${each}${over}))`)),
  );
  const podSeconds = points.reduce((sum, { ready }) => sum + ready, 0);
  return rounded(((used?.[0]?.value ?? 0) - cpuAtRest * podSeconds) / (answered?.[0]?.value ?? 0));
}

const rounded = (each: number) => Number(each.toPrecision(3));

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** For who looks whether it is a good one: each ten seconds, and each change. */
function show(file: string, { points, ...rest }: Recording, watch: DeploymentWatch, startedAt: number): void {
  console.log(file, JSON.stringify(rest));
  for (const { at, perSecond, wanted, ready, cpu: used } of points.filter((each) => each.at % 10 === 0))
    console.log(`${at} s: ${perSecond}/s, ${wanted} wanted, ${ready} Ready, ${used} processors`);
  const changes = watch
    .since(startedAt)
    .map(({ at, wanted, ready }) => `${((at - startedAt) / 1_000).toFixed(1)} s: ${ready}/${wanted}`);
  console.log(`Ready/wanted: ${changes.join(', ')}`);
}

/** One line for each second. @throws ZodError if it could not be read again */
function textOf(made: Recording): string {
  const { points, ...rest } = made;
  const lines = points.map((each) => `    ${JSON.stringify(each)}`).join(',\n');
  const text = `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "points": [\n${lines}\n  ]\n}\n`;
  recording.parse(JSON.parse(text));
  return text;
}
