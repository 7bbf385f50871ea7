import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type BuiltSample, buildSample } from './testing/build-sample.ts';
import { eventually } from './testing/eventually.ts';

/** A caller that sends bytes, not requests. Gives its connection once the server has read `text`. */
async function send(app: BuiltSample, text: string): Promise<Socket> {
  let reader: Socket | undefined;
  app.server.server.once('connection', (socket: Socket) => {
    reader = socket;
  });
  const { port } = app.server.server.address() as AddressInfo;
  const caller = connect(port, '127.0.0.1').on('error', () => {});
  caller.write(text);
  await eventually(() => expect(reader?.bytesRead).toBe(text.length), { interval: 5 });
  return caller;
}

async function listening(): Promise<BuiltSample> {
  const app = await buildSample({
    setup: ({ server }) => {
      // An answer that never ends, and so meets no time-out.
      server.get('/endless', (_, reply) => {
        reply.hijack();
        const drip = setInterval(() => reply.raw.write('.'), 100);
        reply.raw.on('close', () => clearInterval(drip));
      });
    },
  });
  await app.server.listen({ port: 0, host: '127.0.0.1' });
  return app;
}

const cut = 'requests still under way were cut';

test.each([
  ['sent', 'GET /things/1 HT'],
  ['begun after another', 'GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /things/2 HT'],
])('half a request that was %s does not hold the end, and is no request that was cut', async (_, text) => {
  await using app = await listening();
  const caller = await send(app, text);
  const startedAt = performance.now();
  await app.close();
  // The sample's drain is 10 s.
  expect(performance.now() - startedAt).toBeLessThan(9_500);
  expect(app.lines.of(cut)).toEqual([]);
  caller.destroy();
});

test('a request whose other half comes soon is answered', async () => {
  await using app = await listening();
  const caller = await send(app, 'GET /things/1 HT');
  const closed = app.close();
  await sleep(200);
  caller.write('TP/1.1\r\nHost: x\r\n\r\n');
  const answer = (await caller.setEncoding('utf8').toArray()).join('');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  await closed;
});

test('a request that does not end is cut, and counted in the log', async () => {
  await using app = await listening();
  const caller = await send(app, 'GET /endless HTTP/1.1\r\nHost: x\r\n\r\n');
  const other = await send(app, 'GET /things/1 HT');
  await app.close();
  expect(app.lines.of(cut)).toMatchObject([{ severity_text: 'WARN', requests: 1, drain_ms: 10_000 }]);
  caller.destroy();
  other.destroy();
});
