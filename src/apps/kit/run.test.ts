import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { sampleEnv } from './testing/build-sample.ts';
import { type Child, startChild } from './testing/child.ts';
import { eventually } from './testing/eventually.ts';
import { freePort } from './testing/free-port.ts';

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

async function start(): Promise<Child & { url: string; port: number }> {
  const port = await freePort();
  const env = { ...sampleEnv, HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port), METRICS_PORT: String(await freePort()) };
  const child = startChild('kit/testing/sample-main.ts', env);
  const url = `http://127.0.0.1:${port}`;
  await eventually(() => fetch(`${url}/readyz`), { timeout: 40_000 });
  return { ...child, url, port };
}

/** Asks again what was shed before it began: a process may be short of time on a busy machine, and this is not what these tests look at. */
async function ask(url: string, agent: Agent): Promise<Pick<IncomingMessage, 'statusCode' | 'headers'>> {
  for (;;) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent }, resolve).on('error', reject);
    });
    await response.toArray();
    if (response.headers['retry-after'] === undefined) return response;
    await sleep(50);
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends a process that serves without cutting any request',
  async (signal) => {
    await using child = await start();
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const busy = new Agent({ keepAlive: true });
    const silent = connect(child.port, '127.0.0.1').on('error', () => {});
    expect((await ask(`${child.url}/things/1`, kept)).headers.connection).toBe('keep-alive');
    const underWay = ask(`${child.url}/wait?ms=700`, busy);
    await eventually(() => expect(child.stdout.of('waiting')).toHaveLength(1), { interval: 5 });

    const signalledAt = performance.now();
    child.process.kill(signal);
    await eventually(() => expect(child.stdout.of('draining')).toHaveLength(1), { interval: 5 });
    // Still served, on a connection that was there before, and told to go elsewhere.
    const late = await ask(`${child.url}/things/2`, kept);
    expect([late.statusCode, late.headers.connection]).toEqual([200, 'close']);
    expect((await ask(`${child.url}/readyz`, kept)).statusCode).toBe(503);
    expect((await ask(`${child.url}/healthz`, kept)).statusCode).toBe(200);

    const finished = await underWay;
    expect([finished.statusCode, finished.headers.connection]).toEqual([200, 'close']);
    expect(await child.exited).toBe(0);
    // Longer than drainDelay; far less than the 100 s that idle connections are kept, and than the 10 s of drain.
    const took = performance.now() - signalledAt;
    expect(took).toBeGreaterThan(450);
    expect(took).toBeLessThan(9_500);
    expect(child.stdout.of('ended')).toHaveLength(1);
    expect(child.stderr.text).toBe('');
    silent.destroy();
  },
);

test('a second signal ends it at once', async () => {
  await using child = await start();
  child.process.kill('SIGTERM');
  await eventually(() => expect(child.stdout.of('draining')).toHaveLength(1), { interval: 5 });
  child.process.kill('SIGTERM');
  expect(await child.exited).toBe(1);
  expect(child.stdout.of('ended')).toHaveLength(0);
  expect(child.stdout.of('second signal: ending at once')).toHaveLength(1);
});

test('an error that nobody caught is logged and ends it with 1, after its requests', async () => {
  await using child = await start();
  const agent = new Agent();
  expect((await ask(`${child.url}/fail?how=elsewhere`, agent)).statusCode).toBe(200);
  expect(await child.exited).toBe(1);
  expect(child.stdout.of('unexpected error: ending')).toMatchObject([
    { severity_text: 'FATAL', 'exception.message': 'failed elsewhere' },
  ]);
  expect(child.stdout.of('ended')).toHaveLength(1);
});
