import { expect, test } from 'vitest';
import { exampleReport } from '../../loadtest/testing/example-report.ts';
import { CommandError } from '../../run-command.ts';
import { reportTraces } from './report-traces.ts';

const report = exampleReport();

test('the requests of a service, second by second, and its pods beside them', () => {
  const { system, services } = reportTraces('report.json', JSON.stringify(report));
  expect([system, [...services.keys()]]).toEqual(['insta', ['posts']]);
  const { trace, pods } = services.get('posts') ?? {};
  expect(trace?.startsAt).toEqual(new Date(report.startedAt));
  const rateAt = (second: number) => trace?.points.findLast(({ at }) => at <= second)?.perSecond;
  expect([0, 29, 31, 100, 149].map(rateAt)).toEqual([50, 50, 150, 350, 0]);
  expect([trace?.points[0]?.at, trace?.points.at(-1)?.at]).toEqual([0, 150]);
  expect(pods?.[0]).toEqual({ at: 2, ready: 2, wanted: 2 });
  expect(pods?.find(({ wanted }) => wanted === 10)).toEqual({ at: 90, ready: 6, wanted: 10 });
});

test('time is counted from the first sample', () => {
  const samples = report.samples.slice(10);
  const { services } = reportTraces('report.json', JSON.stringify({ ...report, samples }));
  const { trace, pods } = services.get('posts') ?? {};
  expect(trace?.startsAt).toEqual(new Date(Date.parse(report.startedAt) + 10_000));
  expect([trace?.points[0]?.at, trace?.points.at(-1)?.at, pods?.[0]?.at]).toEqual([0, 140, 0]);
});

test.each<[what: string, text: string, message: RegExp]>([
  [
    'broken JSON',
    '{"version": 1,',
    /^r\.json: got JSON that is broken \(.*\); allowed: the report of a load test; fix: name the report\.json of npm run loadtest$/,
  ],
  [
    'other JSON',
    '{"name": "trellis"}',
    /^r\.json: got other JSON \(version: .*\); allowed: the report of a load test; fix: name the report\.json of npm run loadtest$/,
  ],
  [
    'a load test that sent nothing',
    JSON.stringify({ ...report, samples: [] }),
    /^r\.json: got a load test that sent nothing; allowed: one with requests in its samples; fix: name another$/,
  ],
])('%s', (_, text, message) => {
  const call = () => reportTraces('r.json', text);
  expect(call).toThrow(CommandError);
  expect(call).toThrow(message);
});
