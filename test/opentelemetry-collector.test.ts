import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { eventually } from '../src/apps/kit/testing/eventually.ts';
import { freePort } from '../src/apps/kit/testing/free-port.ts';
import { collectorConfiguration, storedIn } from '../src/charts/addons/collector-configuration.ts';
import type { Manifest } from './objects.ts';

/** A collector of OpenTelemetry with what `otelcol-k8s` has of receivers, processors and exporters. */
const program = process.env['OTELCOL'];

const trace = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };
const ours = {
  timestamp: '2026-11-22T14:00:00.120Z',
  severity_text: 'WARN',
  severity_number: 13,
  body: 'request',
  ...trace,
  trace_flags: '01',
  'service.name': 'posts',
  'service.namespace': 'insta',
  'http.response.status_code': 503,
};
const theirs = '{"level":"info","msg":"of another format"}';

test('a real collector hands on traces, our lines as the records that they describe, and others as they are', async ({
  skip,
}) => {
  if (!program) return skip('OTELCOL names no collector: the path of an `otelcol-k8s`');
  const folder = await mkdtemp(join(tmpdir(), 'collector-'));
  const received: { path: string | undefined; body: Manifest }[] = [];
  const keeper = createServer(async (request, response) => {
    received.push({ path: request.url, body: JSON.parse(Buffer.concat(await request.toArray()).toString()) });
    response.setHeader('content-type', 'application/json').end('{}');
  });
  const ending = new AbortController();
  try {
    await new Promise<void>((resolve) => keeper.listen(0, '127.0.0.1', resolve));
    const to = `http://127.0.0.1:${(keeper.address() as AddressInfo).port}`;
    const pod = join(folder, 'pods', 'insta_posts-1_11111111-1111-1111-1111-111111111111', 'posts');
    const own = join(folder, 'pods', 'monitoring_otel-collector-1_2', 'opentelemetry-collector');
    const line = (text: string) => `2026-11-22T14:00:09.5Z stdout F ${text}\n`;
    for (const each of [pod, own, join(folder, 'kept')]) await mkdir(each, { recursive: true });
    await writeFile(join(own, '0.log'), line('its own'));
    await writeFile(join(pod, '0.log'), [JSON.stringify(ours), theirs].map(line).join(''));
    const takenAt = await freePort();
    const configuration = collectorConfiguration({
      traces: { takenAt, to },
      logs: { from: join(folder, 'pods'), to: `${to}/otlp` },
    }) as Manifest;
    for (const exporter of Object.values<Manifest>(configuration['exporters'])) exporter.encoding = 'json';
    for (const exporter of Object.values<Manifest>(configuration['exporters'])) exporter.compression = 'none';
    const text = Yaml.stringify(configuration)
      .replace(storedIn, join(folder, 'kept'))
      .replace('13133', String(await freePort()));
    await writeFile(join(folder, 'collector.yaml'), text);
    const running = execa(program, ['--config', join(folder, 'collector.yaml')], {
      env: { MY_POD_IP: '127.0.0.1' },
      cancelSignal: ending.signal,
      reject: false,
      all: true,
    });
    const spans = [
      {
        traceId: trace.trace_id,
        spanId: trace.span_id,
        name: 'GET /feed',
        startTimeUnixNano: '1',
        endTimeUnixNano: '2',
      },
    ];
    await eventually(async () => {
      const { status } = await fetch(`http://127.0.0.1:${takenAt}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
      });
      expect(status).toBe(200);
    });
    await eventually(() =>
      expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/otlp/v1/logs', '/v1/traces'])),
    );
    ending.abort();
    const { all = '' } = await running;
    expect(all.split('\n').filter((each) => /\t(warn|error)\t/.test(each))).toEqual([]);
    const records = received
      .flatMap(({ body }) => body.resourceLogs ?? [])
      .flatMap(({ resource, scopeLogs }: Manifest) =>
        scopeLogs.flatMap((scope: Manifest) => scope.logRecords.map((record: Manifest) => ({ ...record, resource }))),
      );
    expect(records).toHaveLength(2);
    const [first, second] = records.toSorted((one, other) => one.timeUnixNano.localeCompare(other.timeUnixNano));
    expect(first).toMatchObject({
      timeUnixNano: `${Date.parse(ours.timestamp)}000000`,
      severityNumber: 13,
      severityText: 'WARN',
      body: { stringValue: 'request' },
      traceId: trace.trace_id,
      spanId: trace.span_id,
      flags: 1,
    });
    expect(valuesOf(first.attributes)).toEqual({ 'http.response.status_code': 503, 'log.iostream': 'stdout' });
    const place = { 'k8s.namespace.name': 'insta', 'k8s.pod.name': 'posts-1', 'k8s.container.name': 'posts' };
    expect(valuesOf(first.resource.attributes)).toMatchObject({
      ...place,
      'service.name': 'posts',
      'service.namespace': 'insta',
    });
    expect(second.body).toEqual({ stringValue: theirs });
    expect(valuesOf(second.resource.attributes)).toMatchObject(place);
  } finally {
    ending.abort();
    keeper.close();
    await rm(folder, { recursive: true, force: true });
  }
});

function valuesOf(attributes: readonly Manifest[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
