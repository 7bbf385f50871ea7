import type { Registry } from 'prom-client';

/** What a client says that takes it. */
const mediaType = 'application/openmetrics-text';
const contentType = `${mediaType}; version=1.0.0; charset=utf-8`;

type Labels = Readonly<Record<string, string | number>>;

/** A request that was recorded, by its trace, beside a bucket that it was counted in. */
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** In seconds since 1970. */
  readonly timestamp: number;
}

/** What prom-client says of a metric, and `SeriesMetrics` of its own. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly {
    readonly metricName?: string;
    readonly labels: Labels;
    readonly value: number;
    readonly exemplar?: Exemplar | null | undefined;
  }[];
}

/** Whether whoever asks takes OpenMetrics. Prometheus does where it is not told otherwise. */
export function takesOpenMetrics(accept: string | undefined): boolean {
  return (accept ?? '')
    .split(',')
    .some((each) => each.trim().startsWith(mediaType) && !/;\s*q=0(\.0*)?\s*(;|$)/.test(each));
}

/**
 * All metrics as OpenMetrics, which alone has exemplars. Each sample is called as in Prometheus' own format. prom-client's own writer would add `_total` to counters that have it, and
 * take it from their names for good.
 *
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export async function openMetrics(
  registry: Registry,
): Promise<{ readonly contentType: string; readonly text: string }> {
  const families = (await registry.getMetricsAsJSON()) as unknown as readonly Family[];
  return { contentType, text: `${families.map(familyText).join('')}# EOF\n` };
}

function familyText({ name, help, type, values }: Family): string {
  // The samples of a counter end in `_total`, and its family does not.
  const isCounter = type === 'counter' && name.endsWith('_total');
  const family = isCounter ? name.slice(0, -'_total'.length) : name;
  const known = type === 'counter' && !isCounter ? 'unknown' : type;
  const samples = values.map(
    ({ metricName = name, labels, value, exemplar }) =>
      `${metricName}${labelsText(labels)} ${numberText(value)}${exemplar ? exemplarText(exemplar) : ''}\n`,
  );
  return `# TYPE ${family} ${known}\n# HELP ${family} ${escaped(help)}\n${samples.join('')}`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

function exemplarText({ labels, value, timestamp }: Exemplar): string {
  return ` # ${labelsText(labels)} ${numberText(value)} ${timestamp.toFixed(3)}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
