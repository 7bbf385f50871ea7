import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineContract, defineService, file, fixed, get } from '../../model/index.ts';
import { type BuiltApp, buildApp, defineApp, openPage } from './index.ts';

const script = 'let a = 1;'.repeat(20);
const name = 'main-ABCDEFGH.js';
let folder = '';
let app: BuiltApp;

const service = defineService({
  contract: defineContract({
    name: 'paged',
    port: 4305,
    routes: {
      home: get('/', { summary: 'The page.', response: file({ types: ['text/html'] }) }),
      asset: get('/assets/:name', {
        summary: 'What it loads.',
        params: z.object({ name: z.string() }),
        response: file({ types: ['text/javascript'] }),
      }),
    },
  }),
  owner: 'kit-team',
  description: 'Has a page.',
  scaling: fixed(1),
});

const beside = () => pathToFileURL(join(folder, 'app.ts')).href;
const put = (path: string, content: string | Buffer) => writeFile(join(folder, '.page', path), content);
const ask = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  app.server.inject({ method, url, headers });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  await mkdir(join(folder, '.page/assets'), { recursive: true });
  await put('index.html', '<!doctype html>one');
  await put(`assets/${name}`, script);
  await put(`assets/${name}.gz`, gzipSync(script));
  await put(`assets/${name}.br`, 'brotli');
  await put('assets/icon-ABCDEFGH.svg', '<svg/>');
  await put('assets/other-ABCDEFGH.txt', 'no kind of file that a page has');
  await put('secret.js', 'outside of the assets');
  const paged = defineApp(service, async () => {
    const page = await openPage(beside());
    return { home: page.shell, asset: (request, reply) => page.asset(request.params.name, request, reply) };
  });
  app = await buildApp(paged, { env: {}, logTo: { write: () => {} } });
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

test('the shell says what its page may do, which is little', async () => {
  const { statusCode, headers, body } = await ask('/');
  expect([statusCode, body]).toEqual([200, '<!doctype html>one']);
  const policy = Object.fromEntries(
    String(headers['content-security-policy'])
      .split(';')
      .map((directive) => [directive.split(' ', 1)[0], directive.split(' ').slice(1).join(' ')]),
  );
  expect(policy).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' blob:",
    'media-src': "'self' blob:",
    'connect-src': "'self'",
    'form-action': "'none'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  });
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-length': '18',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()'),
  });
  expect(headers).not.toHaveProperty('cross-origin-opener-policy');
  const overTls = await ask('/', { 'x-forwarded-proto': 'https' });
  expect(overTls.headers).toMatchObject({
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': headers['content-security-policy'],
  });
});

test('the shell is asked for again each time, and sent only when it changed', async () => {
  const { headers } = await ask('/');
  const etag = String(headers.etag);
  const same = await ask('/', { 'if-none-match': `"other", W/${etag}` });
  expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', etag]);
  expect(same.headers['content-security-policy']).toBe(headers['content-security-policy']);
  expect((await ask('/', { 'if-none-match': '"other"' })).statusCode).toBe(200);
  const head = await ask('/', {}, 'HEAD');
  expect([head.statusCode, head.body, head.headers['content-length'], head.headers.etag]).toEqual([
    200,
    '',
    '18',
    etag,
  ]);

  await put('index.html', '<!doctype html>two');
  // However coarse the times of this file system are.
  await utimes(join(folder, '.page/index.html'), new Date(), new Date(Date.now() + 5_000));
  const changed = await ask('/', { 'if-none-match': etag });
  expect([changed.statusCode, changed.body]).toEqual([200, '<!doctype html>two']);
});

test.each<[what: string, accept: string | undefined, encoding: string | undefined]>([
  ['nothing', undefined, undefined],
  ['what browsers take', 'gzip, deflate, br, zstd', 'br'],
  ['what browsers take without TLS', 'gzip, deflate', 'gzip'],
  ['all in upper case', 'GZIP', 'gzip'],
  ['one with a weight', 'br;q=0.5', 'br'],
  ['none but another', 'deflate', undefined],
  ['all but one', 'gzip, br;q=0', 'gzip'],
  ['all but both', 'gzip;q=0.0, br; q=0', undefined],
])('an asset is sent as small as the browser takes it: %s', async (_what, accept, encoding) => {
  const headers: Record<string, string> = accept === undefined ? {} : { 'accept-encoding': accept };
  const answer = await ask(`/assets/${name}`, headers);
  expect([answer.statusCode, answer.headers['content-encoding']]).toEqual([200, encoding]);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
    'content-length': String(answer.rawPayload.length),
    'x-content-type-options': 'nosniff',
  });
  const contents = {
    gzip: () => gunzipSync(answer.rawPayload).toString(),
    br: () => (answer.body === 'brotli' ? script : ''),
  };
  expect(encoding === 'gzip' || encoding === 'br' ? contents[encoding]() : answer.body).toBe(script);
  // What is compressed in another way is another content.
  const known = await ask(`/assets/${name}`, { ...headers, 'if-none-match': String(answer.headers.etag) });
  expect([known.statusCode, known.body]).toEqual([304, '']);
  const head = await ask(`/assets/${name}`, headers, 'HEAD');
  expect([head.body, head.headers['content-length']]).toEqual(['', answer.headers['content-length']]);
});

test('an asset without a twin is sent as it is, whatever the browser takes', async () => {
  const { headers, body } = await ask('/assets/icon-ABCDEFGH.svg', { 'accept-encoding': 'br' });
  expect([headers['content-type'], headers['content-encoding'], body]).toEqual(['image/svg+xml', undefined, '<svg/>']);
});

test.each([
  'main-HGFEDCBA.js',
  'main.js',
  `${name}.br`,
  'other-ABCDEFGH.txt',
  '..%2fsecret.js',
  '..%2Fsecret-ABCDEFGH.js',
  '%2e%2e%2findex.html',
  'constructor',
])('there is no asset %s', async (asset) => {
  const { statusCode, headers, body } = await ask(`/assets/${asset}`);
  expect(statusCode).toBe(404);
  expect(headers['cache-control']).toBeUndefined();
  expect(body).not.toContain('outside');
});

test('an asset that was not there and is now is found', async () => {
  expect((await ask('/assets/late-ABCDEFGH.js')).statusCode).toBe(404);
  await put('assets/late-ABCDEFGH.js', 'late');
  expect((await ask('/assets/late-ABCDEFGH.js')).body).toBe('late');
});

test('an asset that is gone stays for those whose page is from before', async () => {
  await put('assets/gone-ABCDEFGH.js', 'gone');
  expect((await ask('/assets/gone-ABCDEFGH.js')).statusCode).toBe(200);
  await rm(join(folder, '.page/assets/gone-ABCDEFGH.js'));
  expect((await ask('/assets/gone-ABCDEFGH.js')).body).toBe('gone');
});

test('without a page a service does not start, and says what to do', async () => {
  const elsewhere = pathToFileURL(join(folder, 'none/app.ts')).href;
  await expect(openPage(elsewhere)).rejects.toThrow(/there is no page in .*none.*fix: .*build-page/);
});
