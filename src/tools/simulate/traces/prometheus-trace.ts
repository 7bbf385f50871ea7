import { z } from 'zod';
import { idleAfter, type Measure, requestRate, type Scaling, scrapeSeconds } from '../../../model/index.ts';
import { queryRange, silenceOf, withoutCredentials } from '../../query-range.ts';
import { CommandError } from '../../run-command.ts';
import type { Trace, TracePoint } from '../simulation.ts';

interface PrometheusTraceProps {
  /** May carry a name and a password. */
  readonly url: URL;
  readonly namespace: string;
  readonly service: string;
  readonly scaling: Scaling;
  readonly from: Date;
  readonly to: Date;
}

/** A Prometheus refuses more than 11,000 points of a series in one answer. */
const mostPoints = 10_000;

const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** A Prometheus knows nothing of a service that always has pods. */
export class NoTraffic extends CommandError {}

/**
 * Reads the demand that a service had from a Prometheus, as finely as it was scraped: what it scales by, or its requests per second.
 *
 * @returns the trace, and the part of the time of which Prometheus knows nothing, which counts as no demand
 * @throws CommandError where it does not answer
 * @throws NoTraffic where it has no such series in that time, and the service is never idle: of one that is asleep there is nothing to be scraped
 */
export async function prometheusTrace(props: PrometheusTraceProps): Promise<{ trace: Trace; unknown: number }> {
  const { url, scaling, service, from, to } = props;
  const step = scrapeSeconds(scaling);
  const query = demandOf(props, step);
  const start = Math.floor(from.getTime() / 1_000);
  const count = Math.floor((to.getTime() / 1_000 - start) / step);
  const known = new Map<number, number>();
  for (let first = 0; first < count; first += mostPoints) {
    const last = Math.min(first + mostPoints, count) - 1;
    const span = { start: String(start + first * step), end: String(start + last * step), step: String(step) };
    for (const [at, value] of await ask(url, { query, ...span })) {
      const perSecond = Number(value);
      if (Number.isFinite(perSecond)) known.set(Math.round((at - start) / step), Math.max(0, perSecond));
    }
  }
  if (known.size === 0 && idleAfter(scaling) === undefined)
    throw new NoTraffic(
      `--prometheus: got no answer to ${query} from ${from.toISOString()} to ${to.toISOString()}; allowed: a time in which it scraped ${service}; fix: choose another by --from and --to, or look in its page "Targets" whether it does`,
      1,
    );
  const points = Array.from({ length: count + 1 }, (_, index): TracePoint => {
    return { at: index * step, perSecond: known.get(Math.min(index, count - 1)) ?? 0 };
  });
  return {
    trace: { name: withoutCredentials(url), points, startsAt: new Date(start * 1_000) },
    unknown: 1 - known.size / count,
  };
}

/** What KEDA would be told, apart from the window: the simulation has its own. Of a service that nobody has asked yet there is no series but that it was reached. */
function demandOf({ namespace, service, scaling }: PrometheusTraceProps, step: number): string {
  const measure: Measure = 'metric' in scaling ? scaling.metric : requestRate;
  const labels = `{namespace="${namespace}",service="${service}"}`;
  const series = `${measure.metric.name}${labels}`;
  const demand = measure.of === 'sum' ? `sum(${series})` : `sum(rate(${series}[${3 * step}s]))`;
  return `${demand} or 0 * count(up${labels} == 1)`;
}

async function ask(url: URL, parameters: Record<string, string>): Promise<readonly [at: number, value: string][]> {
  const refused = (got: string, fix: string) =>
    new CommandError(
      `--prometheus: got ${withoutCredentials(url)}, ${got}; allowed: a Prometheus that this machine reaches; fix: ${fix}`,
      1,
    );
  const response = await queryRange(url, parameters).catch((error) => {
    throw refused(
      `which does not answer ${silenceOf(error)}`,
      'such as kubectl port-forward -n monitoring service/prometheus-operated 9090, and --prometheus http://127.0.0.1:9090',
    );
  });
  const parsed = answer.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw refused(`which answers ${response.status} and nothing of a Prometheus`, 'name its URL');
  if (parsed.data.status === 'error') throw refused(`which says: ${parsed.data.error}`, 'as it says');
  return parsed.data.data.result[0]?.values ?? [];
}
