import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { RequestSample, type RequestSampleProps } from './request-sample.ts';
import { buildSample } from './testing/build-sample.ts';

const idOf = (at: number) => createHash('md5').update(`${at}`).digest('hex');
const traceOf = (at: number, flags = '00') => ({ traceId: idOf(at), spanId: 'a', flags, requestId: 'r' });
const sampleOf = (props: Partial<RequestSampleProps> = {}) =>
  new RequestSample({ share: 0.1, traced: 0, slow: 0.3, ...props });
const many = Array.from({ length: 20_000 }, (_, at) => at);

test('of what is well a share is kept, and the lines say which, so that requests can be counted', () => {
  const sample = sampleOf();
  const shares = many.flatMap((at) => sample.shareOf(traceOf(at), 200, 0.01, 0) ?? []);
  expect(new Set(shares)).toEqual(new Set([0.1]));
  const counted = shares.reduce((sum, share) => sum + 1 / share, 0);
  expect(counted / many.length).toBeGreaterThan(0.9);
  expect(counted / many.length).toBeLessThan(1.1);
});

test('all services keep the same traces, and a larger share has those of a smaller one', () => {
  const kept = (share: number) => {
    const sample = sampleOf({ share });
    return many.filter((at) => sample.shareOf(traceOf(at), 200, 0.01, 0) !== undefined);
  };
  expect(kept(0.1)).toEqual(kept(0.1));
  const larger = new Set(kept(0.3));
  expect(kept(0.1).every((at) => larger.has(at))).toBe(true);
  expect([kept(0).length, kept(1).length]).toEqual([0, many.length]);
});

test('the lines of a recorded trace are all kept, and counting stays right', () => {
  const sample = sampleOf({ traced: 0.2 });
  const isRecorded = (at: number) => Number.parseInt(idOf(at).slice(0, 8), 16) / 2 ** 32 < 0.2;
  const shares = many.map((at) => sample.shareOf(traceOf(at, isRecorded(at) ? '01' : '00'), 200, 0.01, 0));
  expect(many.filter((at) => isRecorded(at) && shares[at] === undefined)).toEqual([]);
  const counted = shares.reduce<number>((sum, share) => sum + (share === undefined ? 0 : 1 / share), 0);
  expect(counted / many.length).toBeGreaterThan(0.9);
  expect(counted / many.length).toBeLessThan(1.1);
  // Where nothing is recorded the flag is only what some caller says.
  expect(sampleOf({ share: 0 }).shareOf(traceOf(1, '01'), 200, 0.01, 0)).toBeUndefined();
});

test.each([
  ['failed', 500, 0.01],
  ['was refused', 404, 0.01],
  ['was left', 499, 0.01],
  ['was slow', 200, 0.4],
])('what %s is kept in any case', (_, status, seconds) => {
  const sample = sampleOf({ share: 0 });
  expect(sample.shareOf(traceOf(1), status, seconds, 0)).toBe(1);
});

test('while more than one request of a hundred fails, all are kept, and until 10 s after', () => {
  const sample = sampleOf({ share: 0 });
  const well = (now: number) => sample.shareOf(traceOf(1), 200, 0.01, now);
  for (let at = 0; at < 98; at++) expect(well(5)).toBeUndefined();
  sample.shareOf(traceOf(1), 500, 0.01, 5);
  // One of a hundred and a half is not well.
  expect(well(14.9)).toBeUndefined();
  sample.shareOf(traceOf(1), 503, 0.01, 6);
  expect(well(6.1)).toBe(1);
  expect(well(15.9)).toBe(1);
  expect(well(16)).toBeUndefined();
});

test('LOG_REQUESTS is the share of a service; whoever wants more lines gets all', async () => {
  const told = async (env: Record<string, string>) => {
    await using app = await buildSample({ env });
    for (const url of ['/things/1', '/things/2', '/nowhere', '/things/3']) await app.server.inject(url);
    return app.lines.of('request').map((line) => [line['http.route'], line['kept_share']]);
  };
  expect(await told({ LOG_REQUESTS: '0' })).toEqual([['unmatched', undefined]]);
  expect(await told({})).toHaveLength(4);
  expect(await told({ LOG_REQUESTS: '0', LOG_LEVEL: 'debug' })).toHaveLength(4);
  await using app = await buildSample({ env: { LOG_REQUESTS: '0.5' } });
  const traceId = `${'1'.repeat(20)}0000000000ff`;
  await app.server.inject({ url: '/things/1', headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-00` } });
  expect(app.lines.of('request')).toMatchObject([{ trace_id: traceId, kept_share: 0.5 }]);
});
