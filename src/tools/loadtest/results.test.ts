import { describe, expect, test } from 'vitest';
import { loadReport } from './load-report.ts';
import { declaredFor } from './results.ts';
import { exampleReport } from './testing/example-report.ts';

/** What did not pass, as `phase: what got`. */
function failed(report: ReturnType<typeof exampleReport>): string[] {
  return report.results.flatMap(({ phase, checks }) =>
    checks.flatMap(({ what, service, got, passed }) =>
      passed === false ? [`${phase}: ${service ?? ''} ${what} ${got}`.replace('  ', ' ')] : [],
    ),
  );
}

test('all as declared has passed, and is a report that can be read again', () => {
  const report = exampleReport();
  expect(failed(report)).toEqual([]);
  expect(report.passed).toBe(true);
  expect(loadReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  expect(report.results.map(({ settledAfter }) => settledAfter['posts'])).toEqual([2, 8, 8, 8, 8]);
  expect(
    report.results.map(({ checks }) => checks.find(({ what, service }) => what === 'pods' && service === 'posts')?.got),
  ).toEqual(['2 Ready', '4 Ready', '6 Ready', '10 Ready', '2 Ready']);
});

const cases: [what: string, props: Parameters<typeof exampleReport>[0], expected: string[]][] = [
  [
    'a pod that is gone for a moment in the last third',
    { podsOf: (at, declared) => (at === 56 ? { ready: declared - 1 } : {}) },
    ['150/s: posts pods 3 to 4 Ready of 4 wanted'],
  ],
  ['and in the first two thirds it may be', { podsOf: (at) => (at === 36 ? { ready: 1 } : {}) }, []],
  [
    'more pods than declared',
    { podsOf: (_, declared) => (declared === 6 ? { ready: 7, wanted: 7 } : {}) },
    ['250/s: posts pods 7 Ready'],
  ],
  [
    'a pod too much that is wanted, and not Ready yet',
    { podsOf: (_, declared) => (declared === 6 ? { wanted: 7 } : {}) },
    ['250/s: posts pods 6 Ready of 7 wanted'],
  ],
  [
    'pods that do not come back',
    { podsOf: (at) => (at > 120 ? { ready: 10, wanted: 10 } : {}) },
    ['down: posts pods 10 Ready'],
  ],
  [
    'errors above the limit',
    { counts: { failed: 11, failures: { 503: 9, timeout: 2 } } },
    // Of 1,500, of 4,500 and of 7,500 they are more than 1 of 1,000.
    [
      '50/s: posts errors 0.733 % (9 x 503, 2 x timeout)',
      '150/s: posts errors 0.244 % (9 x 503, 2 x timeout)',
      '250/s: posts errors 0.147 % (9 x 503, 2 x timeout)',
      '350/s: posts errors 0.105 % (9 x 503, 2 x timeout)',
    ],
  ],
  [
    'slow answers',
    { counts: { promised: 500.1 } },
    [50, 150, 250, 350].map((rate) => `${rate}/s: posts latency 500.1 ms`),
  ],
  [
    'no answers at all',
    { counts: { promised: null } },
    [50, 150, 250, 350].map((rate) => `${rate}/s: posts latency no answer`),
  ],
  [
    'the same of a service that promises less',
    {
      counts: { failed: 11, failures: { 503: 11 }, promised: 500.1 },
      promised: { errors: 0.01, latency: { quantile: 0.95, below: 501 } },
    },
    [],
  ],
  [
    'the same of a service that promises nothing',
    { counts: { failed: 11, failures: { 503: 11 }, promised: null }, promised: { errors: null, latency: null } },
    [],
  ],
  [
    'fewer requests than planned, as this machine is too slow',
    { counts: { failures: { 'not sent': 100 } } },
    ['50/s: rate 1400', '150/s: rate 4400'],
  ],
];
test.each(cases)('%s', (_, props, expected) => {
  const report = exampleReport(props);
  expect(failed(report)).toEqual(expected);
  expect(report.passed).toBe(expected.length === 0);
});

test('what is allowed is what is promised', () => {
  const { results } = exampleReport({ promised: { errors: 0.0005, latency: { quantile: 0.999, below: 300 } } });
  expect(
    results[0]?.checks.filter(({ service }) => service === 'posts').map(({ what, allowed }) => [what, allowed]),
  ).toEqual([
    ['errors', 'at most 0.05 %'],
    ['latency', 'p99.9 at most 300 ms'],
    ['pods', '2 Ready over the last 10 s'],
  ]);
});

test('a report of before, with one limit for all, can still be read', () => {
  const { version, ...report } = JSON.parse(JSON.stringify(exampleReport()));
  for (const service of Object.values<{ promised?: unknown }>(report.services)) delete service.promised;
  for (const result of report.results) delete result.services;
  const read = loadReport.parse({ ...report, version, limits: { errors: 0.001, latency: 500 } });
  expect(read.services['posts']?.promised).toEqual({ errors: null, latency: null });
  expect(read.results[0]?.services).toEqual({});
});

describe('what could not be judged', () => {
  test('without a cluster its pods are not, and the rest is', () => {
    const report = exampleReport({ cluster: { none: 'no cluster' } });
    expect(failed(report)).toEqual([]);
    const pods = report.results.flatMap(({ checks }) => checks.filter(({ what }) => what === 'pods'));
    expect(pods.map(({ passed, got }) => [passed, got])).toEqual(pods.map(() => [null, 'not followed']));
    expect(report.passed).toBe(true);
  });

  test('a level that was cut short is not, and then the whole has not passed', () => {
    const report = exampleReport({ until: 2 });
    expect(failed(report)).toEqual([]);
    expect(new Set(report.results[1]?.checks.map(({ passed, got }) => `${passed} ${got}`))).toEqual(
      new Set(['null interrupted']),
    );
    expect(report.results[0]?.checks.every(({ passed }) => passed)).toBe(true);
    expect(report.passed).toBe(false);
  });
});

test.each([
  [{ share: 1 }, 150, 4],
  // Half of the requests are its own.
  [{ share: 0.5 }, 150, 2],
  [{ share: 0.5 }, 201, 4],
  [{ share: 1, notJudged: 'why' }, 150, null],
  [{ share: 1, notJudged: 'why', expected: 3 }, 150, 3],
])('the pods of %j at %d/s: %s', (given, rate, pods) => {
  const declared = exampleReport().services['posts']?.declared ?? { kind: 'steps', table: null };
  const promised = { errors: null, latency: null };
  expect(declaredFor({ declared, promised, expected: null, notJudged: null, ...given }, rate)).toBe(pods);
});
