import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { openTestKeyValue } from '../testing/key-value-places.ts';
import { LogLines } from '../testing/log-lines.ts';
import { nowhere } from '../testing/stub-server.ts';
import { startTestRedis } from '../testing/test-redis.ts';

const ttl = '1h';
const away = { statusCode: 503, code: 'store-unavailable', retryAfter: 2 };
const signal = () => AbortSignal.timeout(5_000);

test('a store that is away refuses in time, and serves again without a new start', async (context) => {
  await using redis = await startTestRedis(context);
  const lines = new LogLines();
  await using keyValue = openTestKeyValue(redis.limitedUrl, { lines, connectTimeout: '2s' });
  await eventually(() => keyValue.set('a', 'kept', { ttl }));
  expect((await keyValue.increment('count', { ttl })).count).toBe(1);

  await redis.stop();
  const begun = performance.now();
  const refusals = [
    () => keyValue.get('a'),
    () => keyValue.set('a', 'new', { ttl }),
    () => keyValue.increment('count', { ttl }),
    () => keyValue.membersOf('set'),
  ].map(async (command) => {
    await expect(command()).rejects.toMatchObject(away);
    expect(performance.now() - begun).toBeGreaterThan(1_900);
  });
  await Promise.all(refusals);
  // One after the other they would take four times as long.
  expect(performance.now() - begun).toBeLessThan(7_500);
  // A check is told why, at once.
  const start = performance.now();
  await expect(keyValue.check(signal())).rejects.toThrow(
    `the key-value store at redis://127.0.0.1:${redis.port}/0 is away: connect ECONNREFUSED 127.0.0.1:${redis.port}`,
  );
  expect(performance.now() - start).toBeLessThan(1_900);

  await redis.start();
  await eventually(() => keyValue.check(signal()));
  expect(await keyValue.get('a')).toBe('kept');
  // Its script is not known to the new process.
  expect((await keyValue.increment('count', { ttl })).count).toBe(2);

  const reasons = lines.of('no connection to the key-value store').map(({ reason }) => reason);
  expect(reasons).toContain(`connect ECONNREFUSED 127.0.0.1:${redis.port}`);
  // More than one attempt failed for each cause, but it is said once.
  expect(new Set(reasons).size).toBe(reasons.length);
  expect(lines.of('connected to the key-value store')).toHaveLength(2);
  expect(lines.text).not.toContain(redis.password);
});

test('a service may start before its store', async (context) => {
  await using redis = await startTestRedis(context);
  await redis.stop();
  await using keyValue = openTestKeyValue(redis.limitedUrl);
  await expect(keyValue.check(signal())).rejects.toThrow('is away: ');
  const first = keyValue.increment('a', { ttl });
  await redis.start();
  expect((await first).count).toBe(1);
});

test('while it is away only so many commands wait', async (context) => {
  await using redis = await startTestRedis(context);
  await redis.stop();
  await using keyValue = openTestKeyValue(redis.limitedUrl);
  let refused = 0;
  const results = Array.from({ length: 1_500 }, () =>
    keyValue.increment('a', { ttl }).then(
      () => true,
      (error) => {
        expect(error).toMatchObject(away);
        refused++;
        return false;
      },
    ),
  );
  await sleep(200);
  expect(refused).toBe(500);
  await redis.start();
  expect((await Promise.all(results)).filter(Boolean)).toHaveLength(1_000);
  expect(await keyValue.get('a')).toBe('1000');
});

test('on a connection that breaks a read is sent again, and a write is not: it may have been done', async (context) => {
  await using redis = await startTestRedis(context);
  await using keyValue = openTestKeyValue(redis.limitedUrl);
  await keyValue.set('a', 'kept', { ttl });
  await keyValue.addTo('set', 'kept', { ttl });
  redis.freeze();
  const reads = [keyValue.get('a'), keyValue.membersOf('set')];
  const writes = Promise.allSettled([
    keyValue.increment('count', { ttl }),
    keyValue.set('new', '1', { ttl, onlyIfAbsent: true }),
    keyValue.set('new', '1', { ttl }),
    keyValue.replace('a', 'kept', 'other', { ttl }),
    keyValue.addTo('set', 'other', { ttl }),
    keyValue.removeFrom('set', 'kept'),
    keyValue.delete('a'),
  ]);
  // They are on their way.
  await sleep(50);
  await redis.stop('SIGKILL');
  await redis.start();
  for (const { status, reason } of (await writes) as PromiseRejectedResult[]) {
    expect([status, reason.statusCode, reason.code]).toEqual(['rejected', 503, 'store-unavailable']);
  }
  expect(await Promise.all(reads)).toEqual(['kept', ['kept']]);
  expect(await keyValue.get('count')).toBeUndefined();
  expect(await keyValue.get('new')).toBeUndefined();
});

test('a server that is silent costs a command its time and no more, and what was sent meanwhile is bounded', async (context) => {
  await using redis = await startTestRedis(context);
  const lines = new LogLines();
  await using keyValue = openTestKeyValue(redis.limitedUrl, { lines, connectTimeout: '700ms' });
  await using patient = openTestKeyValue(redis.limitedUrl, { lines: new LogLines() });
  await eventually(() => keyValue.set('a', 'kept', { ttl }));
  await patient.get('a');
  redis.freeze();
  const start = performance.now();
  const late = await Promise.all(Array.from({ length: 5 }, () => keyValue.get('a').catch((error) => error)));
  // One after the other they would take five times as long.
  expect(performance.now() - start).toBeLessThan(3_200);
  for (const error of late) {
    expect(error).toMatchObject({ ...away, message: 'The key-value store is away; try again later' });
  }
  let refused = 0;
  const many = Array.from({ length: 10_100 }, () =>
    patient.get('a').catch((error) => {
      expect(error).toMatchObject(away);
      refused++;
    }),
  );
  await eventually(() => expect(refused).toBe(100));
  redis.thaw();
  expect((await Promise.all(many)).filter((value) => value === 'kept')).toHaveLength(10_000);
  await eventually(async () => expect(await keyValue.get('a')).toBe('kept'));
  // One line for the outage, not one for each command; and why is for us alone.
  expect(lines.of('key-value store unavailable')).toMatchObject([
    { severity_text: 'ERROR', reason: 'no answer within 700 ms' },
  ]);
  expect(lines.of('key-value store available again')).toHaveLength(1);
});

test.concurrent('a connection whose other end is gone without a word is given up, also under load', async (context) => {
  await using redis = await startTestRedis(context);
  await using proxy = await startProxy(redis.port);
  const lines = new LogLines();
  const url = redis.limitedUrl.replace(String(redis.port), String(proxy.port));
  await using keyValue = openTestKeyValue(url, { lines, connectTimeout: '200ms' });
  await eventually(() => keyValue.set('a', 'kept', { ttl }));
  proxy.silence();
  await expect(keyValue.get('a')).rejects.toMatchObject({ code: 'store-unavailable' });
  await eventually(async () => expect(await keyValue.get('a')).toBe('kept'), { interval: 5 });
  expect(proxy.connections).toBe(2);
  expect(lines.of('no connection to the key-value store').map(({ reason }) => reason)).toEqual([
    'no answer within 4000 ms',
  ]);
}, 20_000);

test.concurrent('a server that takes a connection and never greets is given up as well', async () => {
  await using server = await startProxy(undefined, () => {});
  const lines = new LogLines();
  await using _ = openTestKeyValue(`redis://127.0.0.1:${server.port}`, { lines });
  await eventually(() => expect(server.connections).toBe(2));
  expect(lines.of('no connection to the key-value store')).toHaveLength(1);
}, 20_000);

test('a wrong password is an outage that says so, without it', async (context) => {
  await using redis = await startTestRedis(context);
  const lines = new LogLines();
  const url = redis.limitedUrl.replace(redis.password, 'not-the-password');
  await using keyValue = openTestKeyValue(url, { lines, connectTimeout: '300ms' });
  const error = await keyValue.get('a').catch((each) => each);
  expect(error).toMatchObject(away);
  const reason = 'WRONGPASS invalid username-password pair or user is disabled.';
  await expect(keyValue.check(signal())).rejects.toThrow(reason);
  expect(lines.of('no connection to the key-value store')).toEqual([expect.objectContaining({ reason })]);
  expect(lines.text).not.toContain('not-the-password');
});

test('a server that repeats the password does not make it known', async () => {
  await using server = await startProxy(undefined, (socket) => {
    socket.on('data', (data) => {
      const password = /top secret\d?/.exec(String(data))?.[0];
      const repeats = String(data).includes('AUTH') && server.connections > 1;
      socket.write(
        repeats
          ? `-ERR no such password: ${password}\r\n`
          : `-ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'user' '${password}'\r\n`,
      );
    });
  });
  const lines = new LogLines();
  await using keyValue = openTestKeyValue(`redis://user:top%20secret@127.0.0.1:${server.port}`, { lines });
  await eventually(() => expect(lines.of('no connection to the key-value store').length).toBe(2));
  expect(lines.all().map(({ reason }) => reason)).toEqual([
    "ERR unknown command 'HELLO'",
    'ERR no such password: [hidden]',
  ]);
  await expect(keyValue.check(signal())).rejects.toThrow('is away: ERR no such password: [hidden]');
});

test('a user who is limited to a prefix cannot touch another, and is told nothing of its keys', async (context) => {
  await using redis = await startTestRedis(context);
  await using others = openTestKeyValue(redis.url, { prefix: 'other' });
  const lines = new LogLines();
  await using keyValue = openTestKeyValue(redis.limitedUrl, { prefix: 'other', lines });
  await others.set('secret-key', 'kept', { ttl });
  await others.addTo('secret-set', 'kept', { ttl });
  for (const command of [
    () => keyValue.get('secret-key'),
    () => keyValue.set('secret-key', 'other', { ttl }),
    () => keyValue.replace('secret-key', 'kept', 'other', { ttl }),
    () => keyValue.increment('secret-count', { ttl }),
    () => keyValue.addTo('secret-set', 'other', { ttl }),
    () => keyValue.delete('secret-key'),
  ]) {
    const error = await command().catch((each) => each);
    expect(error).toMatchObject(away);
    expect(error.message).not.toContain('secret');
  }
  const refusals = lines.of('key-value store unavailable');
  expect(refusals).toMatchObject([{ reason: expect.stringContaining('NOPERM') }]);
  expect(lines.text).not.toContain('secret');
  expect(await others.get('secret-key')).toBe('kept');
  expect(await others.membersOf('secret-set')).toEqual(['kept']);
});

test('keys are in the database of the URL, start with the prefix, and all of them end', async (context) => {
  await using redis = await startTestRedis(context);
  const url = redis.url.replace(/\/0$/, '/3');
  await using keyValue = openTestKeyValue(url, { prefix: 'shop', service: 'shop-api' });
  await keyValue.set('a', '1', { ttl });
  await keyValue.replace('a', '1', '2', { ttl });
  await keyValue.increment('count', { ttl });
  await keyValue.addTo('set', 'member', { ttl });
  const admin = createClient({ url });
  await admin.connect();
  try {
    const keys = await admin.keys('*');
    expect(keys.sort()).toEqual(['shop:a', 'shop:count', 'shop:set']);
    for (const key of keys) expect(await admin.pTTL(key)).toBeGreaterThan(3_500_000);
    expect((await admin.clientList()).map(({ name }) => name)).toContain('shop-api');
    await admin.select(0);
    expect(await admin.dbSize()).toBe(0);
  } finally {
    admin.destroy();
  }
});

test('closing does not wait for a store that is away, and ends the attempts to connect', async (context) => {
  await using redis = await startTestRedis(context);
  await redis.stop();
  const lines = new LogLines();
  const keyValue = openTestKeyValue(redis.limitedUrl, { lines });
  const waiting = keyValue.get('a').catch((error) => error);
  await eventually(() => expect(lines.of('no connection to the key-value store')).toHaveLength(1));
  const start = performance.now();
  await keyValue.close();
  // What waits would wait for 10 s.
  expect(performance.now() - start).toBeLessThan(8_000);
  expect(await waiting).toMatchObject(away);
  expect(lines.of('key-value store unavailable')).toMatchObject([{ reason: 'it is closed here' }]);
  await redis.start();
  await sleep(300);
  const admin = createClient({ url: redis.url });
  await admin.connect();
  expect(await admin.clientList()).toHaveLength(1);
  admin.destroy();
  expect(lines.of('connected to the key-value store')).toEqual([]);
});

test('a store that was never there is closed as well', async () => {
  const url = (await nowhere()).replace('http', 'redis');
  const keyValue = openTestKeyValue(url);
  await keyValue.close();
  await expect(keyValue.check(signal())).rejects.toThrow('it is closed here');
});

interface Proxy extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** From now on nothing more passes over the connections that there are, and nothing closes them. */
  silence(): void;
}

/** @param target the port behind it. @default - `answer` does it */
async function startProxy(target: number | undefined, answer?: (socket: Socket) => void): Promise<Proxy> {
  const sockets: Socket[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on('error', () => {});
    sockets.push(socket);
    if (target === undefined) return answer?.(socket);
    const behind = connect(target, '127.0.0.1').on('error', () => {});
    sockets.push(behind);
    socket.pipe(behind);
    behind.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
