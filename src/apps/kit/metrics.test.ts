import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { type BuiltSample, buildSample } from './testing/build-sample.ts';
import { eventually } from './testing/eventually.ts';

async function samples(app: BuiltSample, start: string): Promise<string[]> {
  const { payload } = await app.metricsServer.inject('/metrics');
  return payload.split('\n').filter((line) => line.startsWith(start));
}

/** The requests that were counted, without what is announced and has not happened. */
async function requests(app: BuiltSample): Promise<string[]> {
  return (await samples(app, 'http_requests_total')).filter((line) => !line.endsWith(' 0'));
}

const route = (method: string, template: string, status: number) =>
  `{service="sample",method="${method}",route="${template}",status="${status}"}`;

test('requests are counted by route template, method and status; probes are not', async () => {
  await using app = await buildSample();
  for (const url of ['/things/1', '/things/2', '/things/x', '/nothing', '/nothing/else', '/healthz', '/readyz']) {
    await app.server.inject(url);
  }
  await app.server.inject({ method: 'HEAD', url: '/things/1' });
  await app.server.inject({ method: 'PUT', url: '/things/1' });
  expect((await requests(app)).sort()).toEqual(
    [
      `http_requests_total${route('GET', '/things/:id', 200)} 2`,
      `http_requests_total${route('GET', '/things/:id', 400)} 1`,
      `http_requests_total${route('GET', 'unmatched', 404)} 2`,
      `http_requests_total${route('HEAD', '/things/:id', 200)} 1`,
      `http_requests_total${route('PUT', 'unmatched', 405)} 1`,
    ].sort(),
  );
  const labels = route('GET', '/things/:id', 200).slice(0, -1);
  const buckets = await samples(app, `http_request_duration_seconds_bucket${labels}`);
  expect(buckets.at(-1)).toBe(`http_request_duration_seconds_bucket${labels},le="+Inf"} 2`);
  const counts = buckets.map((line) => Number(line.split(' ').at(-1)));
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(await samples(app, `http_request_duration_seconds_count${labels}`)).toEqual([expect.stringMatching(/ 2$/)]);
});

test('what a path that an SLO counts answers is there at 0 from the start, and what no caller should get in the histogram once it happened', async () => {
  const thrown = new Error('broken');
  await using app = await buildSample({ handlers: { getThing: () => Promise.reject(thrown) } });
  const failed = (status: number) => route('GET', '/things/:id', status);
  const counters = (of500: number) =>
    [['GET', 200] as const, ['DELETE', 204] as const].flatMap(([method, success]) =>
      [success, 500, 502, 503, 504].map((status) => {
        const count = method === 'GET' && status === 500 ? of500 : 0;
        return `http_requests_total${route(method, '/things/:id', status)} ${count}`;
      }),
    );
  const well = [route('GET', '/things/:id', 200), route('DELETE', '/things/:id', 204)].map(
    (of) => `http_request_duration_seconds_count${of} 0`,
  );
  expect(await samples(app, 'http_requests_total')).toEqual(counters(0));
  expect(await samples(app, 'http_request_duration_seconds_count')).toEqual(well);
  await app.server.inject('/things/1');
  expect(await samples(app, 'http_requests_total')).toEqual(counters(1));
  expect((await samples(app, 'http_request_duration_seconds_count')).sort()).toEqual(
    [...well, `http_request_duration_seconds_count${failed(500)} 1`].sort(),
  );
});

test('a duration is in the bucket of its seconds', async () => {
  await using app = await buildSample();
  await app.server.inject('/wait?ms=60');
  const labels = route('GET', '/wait', 200).slice(0, -1);
  const [under, over] = await Promise.all(
    ['0.05', '1'].map((le) => samples(app, `http_request_duration_seconds_bucket${labels},le="${le}"`)),
  );
  expect([under, over]).toEqual([[expect.stringMatching(/ 0$/)], [expect.stringMatching(/ 1$/)]]);
});

test('the time that a service promises is an edge, and its answers are counted by it', async () => {
  await using app = await buildSample();
  await app.server.inject('/wait?ms=350');
  await app.server.inject('/wait?ms=0');
  const labels = route('GET', '/wait', 200).slice(0, -1);
  const within = await samples(app, `http_request_duration_seconds_bucket${labels},le="0.3"}`);
  // How long the second took is not known on a busy machine; the first took longer than was promised.
  expect(within).toEqual([expect.stringMatching(/ [01]$/)]);
  const edges = await samples(app, `http_request_duration_seconds_bucket${labels}`);
  expect(edges.map((line) => /le="(.*)"/.exec(line)?.[1])).toEqual([
    '0.005',
    '0.01',
    '0.025',
    '0.05',
    '0.1',
    '0.25',
    '0.3',
    '0.5',
    '1',
    '2.5',
    '5',
    '10',
    '+Inf',
  ]);
});

test('strange verbs become no label values', async () => {
  await using app = await buildSample();
  const url = new URL('/things/1', await app.server.listen({ port: 0, host: '127.0.0.1' }));
  for (const method of ['PURGE', 'M-SEARCH', 'PROPFIND']) {
    await new Promise((resolve) => {
      httpRequest(url, { method }, (response) => response.resume().on('end', resolve)).end();
    });
  }
  await eventually(async () => {
    expect(await requests(app)).toEqual([`http_requests_total${route('other', 'unmatched', 405)} 3`]);
  });
});

test('a caller that leaves before its answer is counted, once', async () => {
  await using app = await buildSample();
  const url = new URL('/wait?ms=300', await app.server.listen({ port: 0, host: '127.0.0.1' }));
  const left = httpRequest(url).on('error', () => {});
  left.end();
  await eventually(() => expect(app.lines.of('waiting')).toHaveLength(1));
  left.destroy();
  await eventually(() =>
    expect(app.lines.of('request')).toMatchObject([{ 'http.route': '/wait', 'http.response.status_code': 499 }]),
  );
  await app.close();
  expect(app.lines.of('request')).toHaveLength(1);
});

test('scrapes at once neither lose nor double a count', async () => {
  await using app = await buildSample();
  const seen = await Promise.all(
    Array.from({ length: 40 }, async (_, at) => {
      await app.server.inject(`/things/${at + 1}`);
      const [line] = await samples(app, `http_requests_total${route('GET', '/things/:id', 200)}`);
      return Number(line?.split(' ').at(-1));
    }),
  );
  expect(Math.max(...seen)).toBeLessThanOrEqual(40);
  const scrapes = await Promise.all(Array.from({ length: 5 }, () => requests(app)));
  for (const scrape of scrapes) {
    expect(scrape).toEqual([`http_requests_total${route('GET', '/things/:id', 200)} 40`]);
  }
});

test("a service's own metrics start at 0 for every combination of their labels", async () => {
  await using app = await buildSample();
  expect(await samples(app, 'sample_')).toEqual([
    'sample_things_total{kind="a",place="here"} 0',
    'sample_things_total{kind="a",place="there"} 0',
    'sample_things_total{kind="b",place="here"} 0',
    'sample_things_total{kind="b",place="there"} 0',
    'sample_plain_total 0',
    'sample_size 0',
    'sample_seconds_bucket{le="1"} 0',
    'sample_seconds_bucket{le="2"} 0',
    'sample_seconds_bucket{le="+Inf"} 0',
    'sample_seconds_sum 0',
    'sample_seconds_count 0',
  ]);
  const { metrics } = app.kit;
  metrics.things.inc({ kind: 'a', place: 'there' });
  metrics.things.inc({ kind: 'a', place: 'there' }, 2);
  metrics.plain.inc();
  metrics.open.inc({ who: 'me' });
  metrics.size.set(4);
  metrics.seconds.observe(1.5);
  // @ts-expect-error no declared kind
  metrics.things.inc({ kind: 'c', place: 'there' });
  const after = await samples(app, 'sample_');
  expect(after).toContain('sample_things_total{kind="a",place="there"} 3');
  expect(after).toContain('sample_plain_total 1');
  expect(after).toContain('sample_open_total{who="me"} 1');
  expect(after).toContain('sample_size 4');
  expect(after).toContain('sample_seconds_bucket{le="2"} 1');
});

test('what remembers counts its hits and misses from 0 on, each under a name of its own', async () => {
  await using app = await buildSample({
    setup: ({ cache }) => {
      const birds = cache('birds');
      birds.hit();
      birds.hit(3);
      cache('eggs');
      expect(() => cache('birds')).toThrow(
        'sample: two caches are called birds; allowed: each name once; fix: rename one in setup',
      );
    },
  });
  expect(await samples(app, 'cache_lookups_total')).toEqual([
    'cache_lookups_total{service="sample",cache="birds",outcome="hit"} 4',
    'cache_lookups_total{service="sample",cache="birds",outcome="miss"} 0',
    'cache_lookups_total{service="sample",cache="eggs",outcome="hit"} 0',
    'cache_lookups_total{service="sample",cache="eggs",outcome="miss"} 0',
  ]);
});

test('the metrics port answers for metrics alone, with those of Node, and apps do not share them', async () => {
  await using app = await buildSample();
  await using other = await buildSample();
  await app.server.inject('/things/1');
  const answer = await app.metricsServer.inject('/metrics');
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(answer.payload).toContain('nodejs_eventloop_lag_seconds');
  expect(await requests(other)).toEqual([]);
  for (const url of ['/', '/healthz', '/metrics/x']) {
    expect((await app.metricsServer.inject(url)).statusCode).toBe(404);
  }
  expect((await app.server.inject('/metrics')).statusCode).toBe(404);
});

test('a registry can start all metrics anew', async () => {
  await using app = await buildSample();
  await app.server.inject('/things/1');
  app.registry.resetMetrics();
  expect(await requests(app)).toEqual([]);
  await app.server.inject('/things/1');
  expect(await requests(app)).toEqual([`http_requests_total${route('GET', '/things/:id', 200)} 1`]);
  const count = `http_request_duration_seconds_count${route('GET', '/things/:id', 200)}`;
  expect(await samples(app, count)).toEqual([`${count} 1`]);
});
