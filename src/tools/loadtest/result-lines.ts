import type { LoadReport } from './load-report.ts';

/** What a load test has found, for a terminal: a line for each phase, and one for each thing that is not as it should be. */
export function resultLines({ results, services, cluster, interrupted, passed }: LoadReport): string[] {
  const told = new Set(results.flatMap(({ checks }) => checks.flatMap(({ service }) => service ?? [])));
  const notJudged = Object.entries(services).flatMap(([name, { notJudged: reason, share }]) =>
    reason !== null && share > 0 && !told.has(name) ? [`the pods of ${name} are not judged: ${reason}`] : [],
  );
  return [
    ...results.flatMap(({ phase, latency, asked, checks, settledAfter }) => [
      [
        `${phase}: ${wordOf(checks)}`,
        `${asked} requests`,
        ...(latency
          ? [`p50/p95/p99 ${latency.p50.toFixed(1)}/${latency.p95.toFixed(1)}/${latency.p99.toFixed(1)} ms`]
          : []),
        ...Object.entries(settledAfter).flatMap(([name, after]) =>
          after === null ? [] : [`${name} settled after ${after.toFixed(0)} s`],
        ),
      ].join(', '),
      ...checks
        .filter((check) => check.passed !== true)
        .map(
          ({ what, service, got, allowed, passed: isPassed }) =>
            `  ${isPassed === null ? 'not judged' : 'failed'}: ${what}${service ? ` of ${service}` : ''}: got ${got}; allowed: ${allowed}`,
        ),
    ]),
    ...('none' in cluster ? [] : notJudged),
    ...(interrupted ? ['ended early: what was not tried has not passed'] : []),
    passed ? 'passed' : 'failed',
  ];
}

function wordOf(checks: LoadReport['results'][number]['checks']): string {
  if (checks.some(({ passed }) => passed === false)) return 'failed';
  return checks.some(({ passed }) => passed === true) ? 'passed' : 'not judged';
}
