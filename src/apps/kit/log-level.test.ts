import { afterEach, expect, test, vi } from 'vitest';
import { buildSample } from './testing/build-sample.ts';

afterEach(() => void vi.useRealTimers());

/** The sample, and a way to change its level. */
async function sample(env: Record<string, string> = {}) {
  const app = await buildSample({ env });
  const put = async (payload: unknown, remoteAddress = '127.0.0.1') => {
    const { statusCode: status, body } = await app.metricsServer.inject({
      ...{ method: 'PUT', url: '/log-level', remoteAddress },
      ...{ headers: { 'content-type': 'application/json' }, payload: JSON.stringify(payload) },
    });
    return { status, body };
  };
  const state = async () => (await app.metricsServer.inject('/log-level')).json();
  return { app, put, state, [Symbol.asyncDispose]: () => app.close() };
}

test('the level of a running service is changed for a while, and said to have been', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  await using it = await sample();
  expect(await it.state()).toEqual({ level: 'info', usual: 'info' });
  it.app.log.debug('before');
  const until = new Date(Date.now() + 10 * 60_000).toISOString();
  const { status, body } = await it.put({ level: 'debug' });
  expect([status, JSON.parse(body)]).toEqual([200, { level: 'debug', usual: 'info', until }]);
  it.app.log.debug('during');
  // What services ask one another is written at debug.
  await it.app.server.inject('/wait?ms=0').catch(() => {});
  await vi.advanceTimersByTimeAsync(10 * 60_000 - 1);
  it.app.log.debug('still');
  await vi.advanceTimersByTimeAsync(1);
  it.app.log.debug('after');
  expect(await it.state()).toEqual({ level: 'info', usual: 'info' });
  const bodies = it.app.lines.all().map((line) => line['body']);
  expect(bodies.filter((each) => !['waiting', 'request'].includes(String(each)))).toEqual([
    'log level changed',
    'during',
    'still',
    'log level changed',
  ]);
  expect(it.app.lines.of('log level changed')).toMatchObject([
    { severity_text: 'INFO', from: 'info', to: 'debug', until },
    { severity_text: 'INFO', from: 'debug', to: 'info' },
  ]);
});

test('lines of requests follow it', async () => {
  await using it = await sample({ LOG_LEVEL: 'error' });
  await it.app.server.inject('/things/1');
  expect(it.app.lines.of('request')).toEqual([]);
  await it.put({ level: 'info', for: '1m' });
  await it.app.server.inject('/things/1');
  await it.put({ level: 'warn', for: '1m' });
  await it.app.server.inject('/things/1');
  expect(it.app.lines.of('request')).toHaveLength(1);
  expect(it.app.lines.of('log level changed')).toHaveLength(2);
});

test('a second change takes the place of the first', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  await using it = await sample();
  await it.put({ level: 'debug', for: '1m' });
  await it.put({ level: 'trace', for: '5m' });
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  expect(await it.state()).toMatchObject({ level: 'trace' });
  await vi.advanceTimersByTimeAsync(3 * 60_000);
  expect(await it.state()).toEqual({ level: 'info', usual: 'info' });
});

test.each([
  [{ level: 'loud' }],
  [{ level: 'debug', for: 'long' }],
  [{ level: 'debug', for: '2d' }],
  [{ level: 'debug', for: '0s' }],
  [{ levle: 'debug' }],
  ['debug'],
])('refuses %j', async (payload) => {
  await using it = await sample();
  const { status, body } = await it.put(payload);
  expect(status).toBe(400);
  expect(body).toContain(`got ${JSON.stringify(payload)}`);
  expect(body).toContain('trace | debug | info | warn | error | fatal');
  expect(await it.state()).toEqual({ level: 'info', usual: 'info' });
});

test('nobody changes it from another machine, not even whoever scrapes the metrics', async () => {
  await using it = await sample();
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])
    expect(await it.put({ level: 'fatal' }, address)).toMatchObject({
      status: 403,
      body: expect.stringContaining('port-forward'),
    });
  expect(await it.state()).toEqual({ level: 'info', usual: 'info' });
});
