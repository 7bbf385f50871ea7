import { figure } from '../report/figure.ts';
import { type Html, html } from '../report/html.ts';
import type { Line, PlotProps } from '../report/plot.ts';
import type { LoadReport } from './load-report.ts';
import { quantileName } from './results.ts';

/** The plots of a report, all over the same time. Those of services that were sent nothing and are held against nothing are folded away. */
export function reportPlots(report: LoadReport): Html[] {
  const { phases, samples, services } = report;
  const until = Math.max(...phases.map(({ endsAt }) => endsAt), samples.at(-1)?.at ?? 1);
  const over = { bands: phases, until };
  const isMain = (name: string) => (services[name]?.share ?? 0) > 0 || services[name]?.expected !== null;
  const [main, others] = [Object.keys(services).filter(isMain), Object.keys(services).filter((name) => !isMain(name))];
  const folded = others.flatMap((name) => [...podPlot(report, name, over), ...cpuPlot(report, name, over)]);
  return [
    requestsPlot(report, over),
    ...main.flatMap((name) => podPlot(report, name, over)),
    latencyPlot(report, over),
    ...main.flatMap((name) => cpuPlot(report, name, over)),
    ...(folded.length > 0
      ? [
          html`<details><summary>The pods of ${others.join(', ')}, to which no requests were sent</summary>${folded}</details>`,
        ]
      : []),
  ];
}

type Over = Pick<PlotProps, 'bands' | 'until'>;

function requestsPlot({ samples, phases, services }: LoadReport, over: Over): Html {
  const perSecond = (value: (sample: LoadReport['samples'][number]) => number) =>
    samples.map((sample) => [sample.at, value(sample) / sample.seconds] as const);
  const lines: Line[] = [
    {
      name: 'asked',
      points: phases.flatMap(({ startsAt, endsAt, from, to }) => [[startsAt, from] as const, [endsAt, to] as const]),
      color: '--grey',
      dash: 'dashed',
    },
    { name: 'answered', points: perSecond(({ answered }) => answered), color: '--blue' },
    { name: 'errors', points: perSecond(({ failed }) => failed), color: '--red' },
  ];
  const limits = Object.entries(services).flatMap(([name, { declared, notJudged, share }]) =>
    notJudged === null && share > 0
      ? (declared.table ?? []).flatMap(({ upTo, pods }) =>
          upTo === null ? [] : [{ value: upTo / share, label: `${name}: ${pods}` }],
        )
      : [],
  );
  const note =
    limits.length > 0
      ? 'The dashed lines are the ends of the rows of the declared table: so many pods up to there.'
      : '';
  return figure({ ...over, title: 'Requests per second', note, lines, limits });
}

function podPlot({ pods, services }: LoadReport, name: string, over: Over): Html[] {
  const looks = pods.flatMap(({ at, services: all }) => (all[name] ? [{ at, ...all[name] }] : []));
  if (looks.length === 0) return [];
  const line = (value: (look: (typeof looks)[number]) => number | null, rest: Omit<Line, 'points'>): Line[] => {
    const points = looks.map((look) => [look.at, value(look)] as const);
    return points.some(([, count]) => count !== null) ? [{ ...rest, points, steps: true }] : [];
  };
  // Mostly they are one above the other: the widest below.
  const lines = [
    ...line(({ ready }) => ready, { name: 'Ready', color: '--green', width: 4 }),
    ...line(({ wanted }) => wanted, { name: 'wanted by the Deployment', color: '--orange', width: 1.6 }),
    ...line(({ desired }) => desired, { name: 'desired by the autoscaler', color: '--violet', dash: 'dotted' }),
    ...line(({ declared }) => declared, { name: 'declared', color: '--text', dash: 'dashed', width: 1.2 }),
  ];
  const { notJudged, expected } = services[name] ?? {};
  const note = notJudged && expected === null ? `Not held against the declaration: ${notJudged}.` : '';
  return [figure({ ...over, title: `Pods of ${name}`, note, lines, whole: true, height: 200 })];
}

function latencyPlot({ samples, services }: LoadReport, over: Over): Html {
  const quantile = (which: 'p50' | 'p95' | 'p99') =>
    samples.map(({ at, latency }) => [at, latency ? Math.max(1, latency[which]) : null] as const);
  const lines: Line[] = [
    { name: 'p50', points: quantile('p50'), color: '--green' },
    { name: 'p95', points: quantile('p95'), color: '--blue' },
    { name: 'p99', points: quantile('p99'), color: '--violet', opacity: 0.7, width: 1.2 },
  ];
  const promises = Object.entries(services).flatMap(([name, { share, promised }]) =>
    share > 0 && promised.latency ? [{ name, ...promised.latency }] : [],
  );
  // Most promise the same: one line, with all their names.
  const limits = Object.values(
    Object.groupBy(promises, ({ quantile, below }) => `${quantileName(quantile)} ${below} ms`),
  ).flatMap((those = []) => {
    const [first] = those;
    const names = those.map(({ name }) => name).join(', ');
    return first ? [{ value: first.below, label: `${names}: ${quantileName(first.quantile)} ${first.below} ms` }] : [];
  });
  return figure({
    ...over,
    title: 'Latency in milliseconds',
    note: 'From when a request was to be sent until all of its answer was there, of the answers of each second.',
    lines,
    limits,
    tenfold: true,
  });
}

function cpuPlot({ pods }: LoadReport, name: string, over: Over): Html[] {
  const names = new Set(pods.flatMap(({ services: all }) => Object.keys(all[name]?.cpu ?? {})));
  if (names.size === 0) return [];
  const each: Line[] = [...names].map((pod) => ({
    name: 'each pod',
    points: pods.map(({ at, services: all }) => [at, all[name]?.cpu[pod] ?? null] as const),
    ...{ color: '--orange', width: 1.2, opacity: 0.65 },
  }));
  const mean: Line = {
    name: 'mean of the pods',
    points: pods.map(({ at, services: all }) => {
      const used = Object.values(all[name]?.cpu ?? {});
      return [at, used.length > 0 ? used.reduce((sum, one) => sum + one, 0) / used.length : null] as const;
    }),
    ...{ color: '--blue', width: 2.2 },
  };
  const note = 'As metrics-server measured it last, which is some seconds late.';
  const lines = [...each, mean];
  return [figure({ ...over, title: `CPU of ${name} in thousandths of a processor`, note, lines, height: 200 })];
}
