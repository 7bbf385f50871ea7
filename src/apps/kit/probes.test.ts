import { expect, test } from 'vitest';
import { buildSample } from './testing/build-sample.ts';
import { eventually } from './testing/eventually.ts';

test('a service with nothing to check is alive and ready', async () => {
  await using app = await buildSample();
  for (const url of ['/healthz', '/readyz']) {
    const answer = await app.server.inject(url);
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  }
});

test('checks run at once, each with a time-out, and the answer names those that failed', async () => {
  const begun: string[] = [];
  let aborted = false;
  const never = (name: string) => (signal: AbortSignal) => {
    begun.push(name);
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    return new Promise(() => {});
  };
  await using app = await buildSample({
    setup: ({ ready }) => {
      ready.add('slow', never('slow'), { timeout: '2s' });
      ready.add('slower', never('slower'), { timeout: '2500ms' });
      ready.add('well', () => begun.push('well'));
      ready.add('broken', () => {
        throw new Error('password is hunter22');
      });
    },
  });
  const startedAt = performance.now();
  const answer = await app.server.inject('/readyz');
  // In turn they would take 4.5 s at least.
  expect(performance.now() - startedAt).toBeLessThan(4_400);
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({
    code: 'not-ready',
    detail: 'Not ready',
    errors: [
      { path: 'slow', message: 'timed out' },
      { path: 'slower', message: 'timed out' },
      { path: 'broken', message: 'failed' },
    ],
  });
  expect(answer.body).not.toContain('hunter22');
  expect(begun).toEqual(['slow', 'slower', 'well']);
  expect(aborted).toBe(true);
  expect((await app.server.inject('/healthz')).statusCode).toBe(200);
});

test('a check that fails after its time is up harms nothing', async () => {
  const late = Promise.withResolvers();
  await using app = await buildSample({
    setup: ({ ready }) => ready.add('late', () => late.promise, { timeout: '10ms' }),
  });
  expect((await app.server.inject('/readyz')).statusCode).toBe(503);
  late.reject(new Error('too late'));
  // An unhandled rejection would fail the whole run.
  await new Promise(setImmediate);
});

test('a name can be taken once', async () => {
  const add = () =>
    buildSample({
      setup: ({ ready }) => {
        ready.add('store', () => {});
        ready.add('store', () => {});
      },
    });
  await expect(add()).rejects.toThrow('There is a ready check store already');
});

test('a check may not take longer than the probe waits', async () => {
  const add = (timeout: '2500ms' | '2501ms') =>
    buildSample({ setup: ({ ready }) => ready.add('store', () => {}, { timeout }) });
  await using _ = await add('2500ms');
  await expect(add('2501ms')).rejects.toThrow('the time-out of the ready check store is 2501ms');
});

test('a service that drains is alive but not ready, and ends every connection', async () => {
  await using app = await buildSample();
  const drained = app.drain();
  const ready = await app.server.inject('/readyz');
  expect([ready.statusCode, ready.json().errors]).toEqual([503, [{ path: 'lifecycle', message: 'draining' }]]);
  expect((await app.server.inject('/healthz')).statusCode).toBe(200);
  const answer = await app.server.inject('/things/1');
  expect([answer.statusCode, answer.headers['connection']]).toEqual([200, 'close']);
  await drained;
});

test('a service whose start held the event loop up sheds nothing for that', async () => {
  for (let time = 0; time < 3; time++) {
    await using app = await buildSample();
    // Past the first look at its delay, which then has measured what the start held up.
    for (const hold of [720, 1_080]) {
      const until = performance.now() + hold;
      while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect((await app.server.inject('/things/1')).statusCode).toBe(200);
  }
});

test('a service that is too busy sheds requests but not its probes, and recovers', async () => {
  await using app = await buildSample();
  // Holds the event loop as heavy work would, until the next look at its delay.
  const shed = await eventually(
    async () => {
      const until = performance.now() + 720;
      while (performance.now() < until);
      const answer = await app.server.inject('/things/1');
      expect(answer.statusCode).toBe(503);
      return answer;
    },
    { interval: 1 },
  );
  expect(shed.json()).toMatchObject({ code: 'overloaded', detail: 'Too many requests at once; try again later' });
  expect(shed.headers['retry-after']).toBe('2');
  expect((await app.server.inject('/healthz')).statusCode).toBe(200);
  expect((await app.server.inject('/readyz')).statusCode).toBe(200);
  expect(app.lines.of('request failed')).toEqual([]);
  await eventually(async () => expect((await app.server.inject('/things/1')).statusCode).toBe(200));
});
