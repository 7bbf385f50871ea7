import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import autocannon from 'autocannon';
import type { Comparison } from './ratio.ts';

/** Free ports, all open at the same time before any is closed, so that no number comes twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/**
 * Requests a second that a server in a process of its own answers, over four seconds.
 *
 * @param env what its environment has besides. @default - nothing
 */
async function requestsPerSecond(file: string, env: Readonly<Record<string, string>> = {}): Promise<number> {
  const [port, metricsPort] = await freePorts(2);
  const child = fork(new URL(`./servers/${file}.ts`, import.meta.url), {
    env: { ...process.env, PORT: String(port), METRICS_PORT: String(metricsPort), ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await once(child, 'message');
    const { requests, non2xx, errors } = await autocannon({
      url: `http://127.0.0.1:${port}/`,
      connections: 20,
      duration: 4,
      pipelining: 4,
    });
    if (non2xx + errors > 0) throw new Error(`${file}: ${non2xx} answers other than 2xx and ${errors} errors`);
    return requests.average;
  } finally {
    child.kill('SIGKILL');
  }
}

function against(name: string, reference: string, file: string): Comparison {
  return {
    name,
    subject: 'the kit',
    reference,
    unit: 'requests/s',
    measure: async () => ({ reference: await requestsPerSecond(file), subject: await requestsPerSecond('declared') }),
  };
}

/** What the kit costs: with its log, metrics, ids, headers and shedding, beside a Fastify with nothing. */
export const kitCost = against('cost of the kit', 'bare Fastify', 'bare');

/** What the kit saves: beside the usual way to have a log and metrics. */
export const kitGain = against('gain of the kit', 'Fastify with log and metrics by hand', 'by-hand');

/** The share of traces that are recorded where an environment does not say. */
const sampled = 0.1;

/** What tracing costs: a tenth of the requests recorded and sent to a collector in a process of its own, beside none. */
export const tracingCost: Comparison = {
  name: 'cost of tracing',
  subject: `the kit with ${sampled * 100} % of traces recorded`,
  reference: 'the kit without tracing',
  unit: 'requests/s',
  measure: async () => {
    const reference = await requestsPerSecond('declared');
    const [port = 0] = await freePorts(1);
    const collector = fork(new URL('./servers/collector.ts', import.meta.url), {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      await once(collector, 'message');
      const subject = await requestsPerSecond('declared', {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_TRACES_SAMPLER_ARG: String(sampled),
      });
      const got = once(collector, 'message');
      collector.send('how many');
      const [requests] = (await got) as [number];
      // Without any it would be the same measurement twice.
      if (!(requests > 0)) throw new Error('the collector of the measurement got no spans');
      return { reference, subject };
    } finally {
      collector.kill('SIGKILL');
    }
  },
};
