import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { DeclarationError, defineContract, defineService, file, fixed, get, post } from '../../model/index.ts';
import { buildApp, defineApp, type Handlers, HttpError } from './index.ts';
import { eventually } from './testing/eventually.ts';
import { freePort } from './testing/free-port.ts';
import { LogLines } from './testing/log-lines.ts';

const limit = 64 * 1024;
const contract = defineContract({
  name: 'files',
  port: 4304,
  routes: {
    keep: post('/files', {
      summary: 'Takes a file.',
      body: file({ types: ['image/*', 'text/plain'], limit: '64Ki' }),
      status: 201,
      response: z.object({ bytes: z.int(), sha256: z.string() }),
    }),
    keepLarge: post('/large', {
      summary: 'Takes a large file.',
      body: file({ types: ['text/plain'], limit: '1Gi' }),
      response: z.object({ bytes: z.int() }),
    }),
    read: get('/files/:length', {
      summary: 'Gives a file.',
      params: z.object({ length: z.int() }),
      response: file({ types: ['text/plain'] }),
    }),
  },
});

/** A listening app. What breaks a body is kept in `broken`. @param request how long a request may take */
async function listeningApp(differing: Partial<Handlers<typeof contract>> = {}, request: '1s' | '3s' | '10s' = '1s') {
  const service = defineService({
    contract,
    owner: 'kit-team',
    description: 'Files.',
    scaling: fixed(1),
    lifecycle: { request, drainDelay: '0s', drain: request },
  });
  const broken: unknown[] = [];
  const lines = new LogLines();
  const measure = async (body: Readable) => {
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of body) {
        bytes += chunk.length;
        hash.update(chunk);
      }
    } catch (error) {
      broken.push(error);
      throw error;
    }
    return { bytes, sha256: hash.digest('hex') };
  };
  const app = defineApp(service, async () => ({
    keep: ({ body }) => measure(body),
    keepLarge: ({ body }) => measure(body),
    read: async ({ params }, reply) => {
      reply.type('text/plain');
      return Readable.from([Buffer.alloc(params.length, 'x')]);
    },
    ...differing,
  }));
  const port = await freePort();
  const env = { HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port), METRICS_PORT: String(await freePort()) };
  const built = await buildApp(app, { env, logTo: lines });
  await built.listen();
  return { ...built, port, broken, lines, [Symbol.asyncDispose]: () => built.close() };
}

/** A connection on which a request has begun. */
async function begin(port: number, path: string, headers: Record<string, string | number>): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  const all = { host: 'x', 'content-type': 'text/plain', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  socket.write([`POST ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  return socket;
}

function chunked(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')]);
}

/** The first answer on a connection. */
async function answerOn(socket: Socket): Promise<{ status: number; body: Record<string, unknown> }> {
  let got = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    got += chunk;
    const [head = '', body] = got.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (body !== undefined && body.length >= length) {
      return { status: Number(head.split(' ')[1]), body: JSON.parse(body.slice(0, length)) };
    }
  }
  throw new Error(`the connection ended after ${JSON.stringify(got)}`);
}

const isBroken = (error: unknown) => error instanceof HttpError && error.code === 'body-broken';

test('a file reaches its handler as it was sent, with a length or without', async () => {
  await using app = await listeningApp();
  const content = Buffer.from('a picture, as far as its header says '.repeat(1_000));
  const sha256 = createHash('sha256').update(content).digest('hex');
  for (const body of [content, Readable.from([content.subarray(0, 10), content.subarray(10)])]) {
    const answer = await fetch(`http://127.0.0.1:${app.port}/files`, {
      method: 'POST',
      headers: { 'content-type': 'IMAGE/png; charset=x' },
      body: body as unknown as ReadableStream,
      duplex: 'half',
    });
    expect([answer.status, await answer.json()]).toEqual([201, { bytes: content.length, sha256 }]);
  }
});

test.each(['text/plain', 'image/png'])('an empty body of the type %s is an empty file', async (type) => {
  await using app = await listeningApp();
  for (const headers of [{ 'content-length': '0' }, {}]) {
    const answer = await app.server.inject({
      method: 'POST',
      url: '/files',
      headers: { 'content-type': type, ...headers },
    });
    expect([answer.statusCode, answer.json().bytes]).toEqual([201, 0]);
  }
});

test.each([
  ['no type', {}],
  ['another type', { 'content-type': 'application/json' }],
  ['the start of a type', { 'content-type': 'image' }],
  ['a type with a longer name', { 'content-type': 'text/plainer' }],
  ['no type at all', { 'content-type': '' }],
])('a file of %s is refused with 415, unread', async (_, headers) => {
  const keep = vi.fn();
  await using app = await listeningApp({ keep });
  const answer = await app.server.inject({ method: 'POST', url: '/files', payload: Buffer.from('x'), headers });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    415,
    { code: 'unsupported-media-type', detail: expect.stringMatching(/allowed: image\/\*, text\/plain$/) },
  ]);
  expect(keep).not.toHaveBeenCalled();
});

describe('a file that is too large', () => {
  test('is refused by its length alone, and the caller hears it without having sent anything', async () => {
    const keep = vi.fn();
    await using app = await listeningApp({ keep });
    const socket = await begin(app.port, '/files', { 'content-length': limit + 1 });
    expect(await answerOn(socket)).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect(keep).not.toHaveBeenCalled();
    socket.destroy();
  });

  test('is refused while it comes, and a caller that sends on for a while still hears it', async () => {
    await using app = await listeningApp();
    const socket = await begin(app.port, '/files', { 'transfer-encoding': 'chunked' });
    // More than the buffers between them hold: it would wait for ever if nobody read it.
    const part = chunked(Buffer.alloc(1024 * 1024));
    for (let sent = 0; sent < 30; sent++) if (!socket.write(part)) await once(socket, 'drain');
    expect(await answerOn(socket)).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
    expect(app.broken).toMatchObject([{ statusCode: 413 }]);
    // The end of the body, and another request on the same connection.
    socket.write('0\r\n\r\nPOST /files HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await answerOn(socket)).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
    socket.destroy();
  });

  test('is not what is exactly as large as it may be', async () => {
    await using app = await listeningApp();
    const headers = { 'content-type': 'text/plain' };
    const post = (bytes: number) =>
      app.server.inject({ method: 'POST', url: '/files', headers, payload: Readable.from([Buffer.alloc(bytes)]) });
    expect((await post(limit)).json().bytes).toBe(limit);
    expect((await post(limit + 1)).statusCode).toBe(413);
  });
});

test('a body whose caller leaves breaks', async () => {
  await using app = await listeningApp();
  for (const headers of [
    ['content-length', 1_000],
    ['transfer-encoding', 'chunked'],
  ] as const) {
    app.broken.length = 0;
    const socket = await begin(app.port, '/files', Object.fromEntries([headers]));
    socket.write(chunked(Buffer.alloc(100)));
    await sleep(50);
    socket.destroy();
    await eventually(() => expect(app.broken.map(isBroken)).toEqual([true]));
  }
  expect(app.lines.at('error')).toEqual([]);
});

test('a body that comes too slowly is answered with 408, and breaks', async () => {
  // Node looks each second, and after twice the time it is the handler that is late.
  await using app = await listeningApp({}, '3s');
  const socket = await begin(app.port, '/files', { 'transfer-encoding': 'chunked' });
  const timer = setInterval(() => socket.write(chunked(Buffer.from('x'))), 100);
  const answer = await answerOn(socket).finally(() => clearInterval(timer));
  expect(answer).toMatchObject({ status: 408, body: { code: 'request-timeout' } });
  await eventually(() => expect(app.broken.map(isBroken)).toEqual([true]));
});

test('a handler has time to answer after the last byte of a slow body', async () => {
  await using app = await listeningApp({
    keep: async ({ body }) => {
      for await (const _ of body);
      await sleep(700);
      return { bytes: 1, sha256: '' };
    },
  });
  const socket = await begin(app.port, '/files', { 'transfer-encoding': 'chunked' });
  await sleep(700);
  socket.write('0\r\n\r\n');
  expect(await answerOn(socket)).toMatchObject({ status: 201 });
  socket.destroy();
});

test('a handler that never answers is answered for, and what it reads breaks', async () => {
  const bodies: Readable[] = [];
  await using app = await listeningApp({
    keep: ({ body }) => {
      bodies.push(body);
      return new Promise(() => {});
    },
  });
  const headers = { 'content-type': 'text/plain' };
  const answer = await app.server.inject({ method: 'POST', url: '/files', headers, payload: Buffer.from('x') });
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'handler-timeout']);
  await eventually(() => expect(bodies.map(({ errored }) => isBroken(errored))).toEqual([true]));
});

test('a body that its handler does not read delays neither the answer nor the next request', async () => {
  await using app = await listeningApp(
    {
      keepLarge: async () => {
        throw new HttpError(409, 'no-need', 'It is here already');
      },
    },
    '10s',
  );
  const body = Buffer.alloc(20 * 1024 * 1024);
  const socket = await begin(app.port, '/large', { 'content-length': body.length });
  const sent = new Promise((resolve) => socket.write(body, resolve));
  expect(await answerOn(socket)).toMatchObject({ status: 409, body: { code: 'no-need' } });
  await sent;
  socket.write('POST /large HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(await answerOn(socket)).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  socket.destroy();
});

test('a body comes no faster than it is read', async () => {
  const gate = Promise.withResolvers<void>();
  const bytes = 100 * 1024 * 1024;
  await using app = await listeningApp(
    {
      keepLarge: async ({ body }) => {
        await gate.promise;
        let got = 0;
        for await (const chunk of body) got += chunk.length;
        return { bytes: got };
      },
    },
    '10s',
  );
  const socket = await begin(app.port, '/large', { 'content-length': bytes });
  const part = Buffer.alloc(1024 * 1024);
  let sent = 0;
  const sending = (async () => {
    for (let at = 0; at < bytes / part.length; at++) {
      await new Promise<void>((resolve) => socket.write(part, () => resolve()));
      sent += part.length;
    }
  })();
  await sleep(500);
  // What the buffers of both ends of a connection hold, whatever the system.
  expect(sent).toBeLessThan(bytes / 4);
  gate.resolve();
  await sending;
  expect(await answerOn(socket)).toEqual({ status: 200, body: { bytes } });
  socket.destroy();
});

test('a file is answered as a stream of its type', async () => {
  await using app = await listeningApp();
  const answer = await fetch(`http://127.0.0.1:${app.port}/files/1000000`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain']);
  expect(await answer.text()).toBe('x'.repeat(1_000_000));
});

test.each([
  [{ types: [] }, "name them, such as ['image/png']"],
  [{ types: ['png'] }, 'file.types[0]: got "png"; allowed: a media type such as image/png or image/*'],
  [{ types: ['image/PNG'] }, 'write both halves, in lower case'],
  [{ types: ['image/png'], limit: '100' }, 'file.limit: got "100"; allowed: bytes with a binary unit'],
  [{ types: ['image/png'], limit: '11Gi' }, 'file.limit: got "11Gi"; allowed: from 1Ki to 10Gi'],
])('a declaration with a mistake says so: %j', (options, message) => {
  const declare = () => file(options as Parameters<typeof file>[0]);
  expect(declare).toThrow(DeclarationError);
  expect(declare).toThrow(message);
});
