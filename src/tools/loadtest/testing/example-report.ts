import type { LoadReport } from '../load-report.ts';
import { isPassed, resultsOf, type Seen } from '../results.ts';

type Pods = LoadReport['pods'][number]['services'][string];

interface ExampleProps {
  /** What the pods of posts are so many seconds after the start of the test, where the plan is for so many. @default - as declared, 8 s later */
  readonly podsOf?: (at: number, declared: number) => Partial<Pods>;
  /** What became of the requests of each level, all of them to posts. @default - all were answered in 20 ms to 90 ms */
  readonly counts?: Partial<Seen['counts'][number]['services'][string]>;
  /** What posts promises. @default - what services mostly do */
  readonly promised?: LoadReport['services'][string]['promised'];
  readonly cluster?: LoadReport['cluster'];
  /** How many of the phases there were until it was ended early. @default - all */
  readonly until?: number;
}

/** Seconds of a level. */
const hold = 30;
const table = [
  { upTo: 100, pods: 2 },
  { upTo: 200, pods: 4 },
  { upTo: 300, pods: 6 },
  { upTo: null, pods: 10 },
];
const latency = { p50: 20, p95: 90, p99: 120, max: 180 };
const rates = [50, 150, 250, 350, 0];

/** What a load test of posts could have seen: four levels of half a minute, and the way down. */
export function exampleReport(props: ExampleProps = {}): LoadReport {
  const { podsOf, counts: given, cluster = { context: 'kind' }, until = rates.length } = props;
  const { promised = { errors: 0.001, latency: { quantile: 0.95, below: 500 } } } = props;
  const phases = rates.slice(0, until).map((rate, index) => ({
    name: rate === 0 ? 'down' : `${rate}/s`,
    kind: rate === 0 ? ('down' as const) : ('level' as const),
    ...{ from: rate, to: rate, startsAt: index * hold, endsAt: (index + 1) * hold },
    interrupted: until < rates.length && index === until - 1,
  }));
  const seconds = Array.from({ length: phases.length * hold }, (_, index) => index + 1);
  const rateAt = (at: number) => rates[Math.min(Math.floor(at / hold), rates.length - 1)] ?? 0;
  const declaredAt = (at: number) =>
    table.find(({ upTo }) => rateAt(at) <= (upTo ?? Number.POSITIVE_INFINITY))?.pods ?? 0;
  const pods = seconds
    .filter((at) => at % 2 === 0)
    .map((at) => {
      const declared = declaredAt(at);
      const there = declaredAt(Math.max(0, at - 8));
      const cpu = Object.fromEntries(
        Array.from({ length: there }, (_, pod) => [`posts-${pod}`, 100 + pod * 10 + (at % 7)]),
      );
      const posts = { ready: there, wanted: declared, desired: declared, declared, cpu, ...podsOf?.(at, declared) };
      const auth = { ready: 2, wanted: 2, desired: 2, declared: 2, cpu: { 'auth-0': 20, 'auth-1': 22 } };
      return { at, services: { posts, auth } };
    });
  const samples = seconds.map((at) => {
    const counts = { asked: rateAt(at - 1), answered: rateAt(at - 1), failed: 0 };
    return { at, seconds: 1, ...counts, latency: counts.asked > 0 ? latency : null, services: { posts: counts } };
  });
  const counts = phases.map(({ from }): Seen['counts'][number] => {
    const all = { asked: from * hold, answered: from * hold, failed: 0, failures: {} };
    if (from === 0) return { ...all, latency: null, services: {} };
    const { promised: kept = latency.p95, ...others } = given ?? {};
    return { ...all, ...others, latency, services: { posts: { ...all, ...others, promised: kept } } };
  });
  const services = {
    posts: { share: 1, promised, declared: { kind: 'steps', table }, expected: null, notJudged: null },
    auth: { share: 0, promised, declared: { kind: 'cpu', table: null }, expected: 2, notJudged: 'it scales by CPU' },
    web: { share: 0, promised, declared: { kind: 'cpu', table: null }, expected: null, notJudged: 'it scales by CPU' },
  };
  const interrupted = until < rates.length;
  const facts = { cluster, interrupted, services, phases, pods };
  const results = resultsOf({ ...facts, counts });
  return {
    version: 1,
    ...{ system: 'insta', environment: 'local', profile: 'steps', startedAt: '2026-11-22T00:00:00.000Z' },
    called: ['insta', '--service', 'posts'],
    origins: ['http://insta.test'],
    ...facts,
    routes: [
      {
        ...{ service: 'posts', name: 'GET /feed', asked: 24_000, answered: 24_000, failed: 0, failures: {}, latency },
      },
    ],
    samples,
    results,
    passed: isPassed(interrupted, results),
  };
}
