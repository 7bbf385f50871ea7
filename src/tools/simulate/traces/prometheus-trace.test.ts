import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { check, cpu, custom, scaling, steps, sumOf } from '../../../model/index.ts';
import { prometheusTrace } from './prometheus-trace.ts';

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

type Answer = (parameters: Asked['parameters']) => unknown;

/** A server in place of a Prometheus. */
async function openPrometheus(answer: Answer, status = 200) {
  const asked: Asked[] = [];
  const server = createServer(async (request, reply) => {
    const parameters = Object.fromEntries(new URLSearchParams(await text(request)));
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization, parameters });
    const body = answer(parameters);
    reply.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

const matrix = (values: readonly (readonly [number, string])[]) => ({
  status: 'success',
  data: { resultType: 'matrix', result: values.length > 0 ? [{ metric: {}, values }] : [] },
});

/** What a Prometheus answers that has seen each step, up to 11,000 of them. */
const each =
  (valueAt: (at: number) => string): Answer =>
  ({ start, end, step }) => {
    const count = (Number(end) - Number(start)) / Number(step) + 1;
    if (count > 11_000) return { status: 'error', errorType: 'bad_data', error: 'exceeded maximum resolution' };
    return matrix(
      Array.from({ length: count }, (_, index) => {
        const at = Number(start) + index * Number(step);
        return [at, valueAt(at)] as const;
      }),
    );
  };

const from = new Date('2026-11-22T10:00:00Z');
const start = from.getTime() / 1_000;
const hour = { from, to: new Date('2026-11-22T11:00:00Z') };
const posts = { namespace: 'insta', service: 'posts', scaling: check(scaling, steps(), 'posts') };
const nobody = '0 * count(up{namespace="insta",service="posts"} == 1)';

test('asks for what the service scales by, as finely as it is scraped', async () => {
  const { asked, url } = await openPrometheus(each((at) => String((at - start) / 5)));
  const { trace, unknown } = await prometheusTrace({ url, ...hour, ...posts });
  expect(asked).toEqual([
    {
      path: '/api/v1/query_range',
      authorization: undefined,
      parameters: {
        // Of a service that nobody has asked yet there is no series, and a demand of 0.
        query: `sum(rate(http_requests_total{namespace="insta",service="posts"}[15s])) or ${nobody}`,
        ...{ start: String(start), end: String(start + 3_595), step: '5' },
      },
    },
  ]);
  expect([trace.points.length, trace.points[0], trace.points[7], trace.points.at(-1), trace.startsAt, unknown]).toEqual(
    [721, { at: 0, perSecond: 0 }, { at: 35, perSecond: 7 }, { at: 3_600, perSecond: 719 }, from, 0],
  );
});

test('by CPU asks for the requests, and by a measure of its own for that', async () => {
  const { asked, url } = await openPrometheus(each(() => '1'));
  await prometheusTrace({ url, ...hour, ...posts, scaling: check(scaling, cpu({ min: 1, max: 2, cpu: 50 }), 'a') });
  const jobs = { type: 'gauge', name: 'jobs_waiting', help: 'Jobs that wait.' } as const;
  const bySum = custom({ min: 1, max: 2, perPod: 5, metric: sumOf(jobs) });
  await prometheusTrace({ url, ...hour, ...posts, scaling: check(scaling, bySum, 'a') });
  expect(asked.map(({ parameters: { query, step } }) => [query, step])).toEqual([
    [`sum(rate(http_requests_total{namespace="insta",service="posts"}[45s])) or ${nobody}`, '15'],
    [`sum(jobs_waiting{namespace="insta",service="posts"}) or ${nobody}`, '5'],
  ]);
});

test('asks in pieces for more points than a Prometheus answers at once', async () => {
  const { asked, url } = await openPrometheus(each((at) => String(at % 7)));
  const { trace } = await prometheusTrace({ url, from, to: new Date('2026-11-24T10:00:00Z'), ...posts });
  expect(asked.length).toBe(4);
  expect(trace.points.length).toBe((2 * 86_400) / 5 + 1);
  expect(trace.points.slice(0, -1).every(({ at, perSecond }) => perSecond === (start + at) % 7)).toBe(true);
});

test('what it does not know counts as nothing, and is told', async () => {
  const { url } = await openPrometheus(() =>
    matrix([
      [start + 5, '8'],
      [start + 10, 'NaN'],
    ]),
  );
  const { trace, unknown } = await prometheusTrace({ url, ...hour, ...posts });
  expect(trace.points.slice(0, 4).map(({ perSecond }) => perSecond)).toEqual([0, 8, 0, 0]);
  expect(unknown).toBeCloseTo(719 / 720, 9);
});

test('of a service that may be idle nothing at all counts as nothing too', async () => {
  const { url } = await openPrometheus(() => matrix([]));
  const idle = check(scaling, steps({ idle: { after: '10m' } }), 'posts');
  const { trace, unknown } = await prometheusTrace({ url, ...hour, ...posts, scaling: idle });
  expect([trace.points.length, unknown]).toEqual([721, 1]);
  expect(trace.points.every(({ perSecond }) => perSecond === 0)).toBe(true);
});

test('a name and a password in the URL are sent, and never told', async () => {
  const { asked, url } = await openPrometheus(() => matrix([]));
  url.username = 'ann';
  url.password = 'sesame';
  url.pathname = '/prometheus/';
  const call = prometheusTrace({ url, ...hour, ...posts });
  await expect(call).rejects.toThrow(
    /^--prometheus: got no answer to sum\(rate\(http_requests_total\{.*\}\[15s\]\)\) or .* from 2026-11-22T10:00:00.000Z to 2026-11-22T11:00:00.000Z; allowed: a time in which it scraped posts; fix: /,
  );
  await expect(call).rejects.not.toThrow(/sesame/);
  expect(asked).toMatchObject([
    { path: '/prometheus/api/v1/query_range', authorization: `Basic ${btoa('ann:sesame')}` },
  ]);
});

test.each<[what: string, answer: Answer, status: number, message: RegExp]>([
  [
    'something else',
    () => '<html>',
    200,
    /which answers 200 and nothing of a Prometheus; allowed: a Prometheus that this machine reaches; fix: name its URL$/,
  ],
  ['a refusal', () => 'no', 403, /which answers 403 and nothing of a Prometheus/],
  [
    'a mistake in the question',
    () => ({ status: 'error', errorType: 'bad_data', error: 'parse error' }),
    400,
    /which says: parse error; /,
  ],
])('%s is told', async (_, answer, status, message) => {
  const { url } = await openPrometheus(answer, status);
  await expect(prometheusTrace({ url, ...hour, ...posts })).rejects.toThrow(message);
});

test('nobody there is told, with a way to it', async () => {
  const url = new URL('http://127.0.0.1:1');
  await expect(prometheusTrace({ url, ...hour, ...posts })).rejects.toThrow(
    /^--prometheus: got http:\/\/127\.0\.0\.1:1, which does not answer \(.+\); allowed: a Prometheus that this machine reaches; fix: such as kubectl port-forward /,
  );
});
