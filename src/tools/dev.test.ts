import { once } from 'node:events';
import { utimes } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../apps/kit/testing/eventually.ts';
import { json, type StubServer, stubServer } from '../apps/kit/testing/stub-server.ts';
import { defineContract, get, post } from '../model/index.ts';
import bird from '../systems/bird.ts';
import { entranceFor, matchesRoute } from './dev-proxy.ts';
import { entryOf, root } from './repository.ts';

function startDev(args: string[], env: Record<string, string>, nodeArgs: string[] = []) {
  return execa(process.execPath, [...nodeArgs, 'src/tools/dev.ts', ...args], {
    cwd: root,
    env,
    reject: false,
    all: true,
  });
}

describe('a system on this machine', () => {
  let outside: StubServer;
  let dev: ReturnType<typeof startDev>;
  let output = '';
  let url = '';
  const printed = (text: RegExp) => eventually(() => expect(output).toMatch(text));
  const noRoute = (asked: string) =>
    `no exposed route of bird: ${asked}; if it is new since npm run dev began, end that and run it again`;
  // Not fetch, which sets the Host header itself.
  const at = async (host: string, path: string, method = 'GET') => {
    const { hostname, port } = new URL(url);
    const [response] = await once(request({ hostname, port, path, method, headers: { host } }).end(), 'response');
    return [response.statusCode, (await response.toArray()).join('').trim()];
  };

  beforeAll(async () => {
    outside = await stubServer(({ url: asked }, response) => {
      if (asked === '/birds') return json(response, [{ name: 'Kingfisher', description: 'Dives.' }]);
      return json(response, { results: [{ urls: { regular: 'https://images.example/kingfisher.jpg' } }] });
    });
    const env = { PORT: '0', BIRDS_URL: outside.url, PHOTOS_URL: outside.url, PHOTOS_ACCESS_KEY: 'key' };
    dev = startDev(['bird'], env);
    dev.all?.on('data', (data) => {
      output += data;
    });
    await printed(/^ready /m);
    url = /^ready (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output)?.[1] ?? '';
  });
  afterAll(async () => {
    // The second signal ends it at once, with its services. A run that passed has ended already.
    for (const _ of [1, 2]) dev.kill('SIGTERM');
    await dev;
    await outside[Symbol.asyncDispose]();
  });

  test('answers under one URL, and its services find one another', async () => {
    const response = await fetch(url);
    expect(await response.json()).toEqual({
      name: 'Kingfisher',
      description: 'Dives.',
      image: 'https://images.example/kingfisher.jpg',
    });
  });

  test('tells entrances apart by host', async () => {
    expect(await at('bird-image.localhost', '/?birdName=x')).toEqual([
      200,
      '{"image":"https://images.example/kingfisher.jpg"}',
    ]);
    expect((await at('bird.test', '/'))[0]).toBe(200);
  });

  test.each(['/healthz', '/readyz', '/openapi.json', '/metrics', '/x', '//'])(
    'lets nothing but exposed routes pass: %s',
    async (path) => {
      expect(await at('bird.localhost', path)).toEqual([404, noRoute(`GET ${path}`)]);
    },
  );

  test('lets no other method pass', async () => {
    expect(await at('bird.localhost', '/', 'DELETE')).toEqual([404, noRoute('DELETE /')]);
  });

  test('prints where each service itself answers, and prefixes its log with its name', async () => {
    const [, direct = ''] = /^ {2}bird-image {2}(http:\/\/127\.0\.0\.1:\d+\/openapi\.json)$/m.exec(output) ?? [];
    const document = await (await fetch(direct)).json();
    expect(document).toMatchObject({ info: { title: 'bird-image' } });
    expect(output).toMatch(/^bird {7}\| \[[\d:.]+\] INFO: Server listening/m);
  });

  test('starts a service again when its code changes, and no other', async () => {
    const now = new Date();
    await utimes(entryOf('bird-image').replace('main.ts', 'app.ts'), now, now);
    await printed(/^bird-image \| changed, starts again[\s\S]*^bird-image \|.*Server listening/m);
    expect(output).not.toMatch(/^bird +\| changed/m);
    await expect.poll(async () => (await at('bird-image.localhost', '/?birdName=y'))[0]).toBe(200);
  });

  test('says that a changed system needs another start', async () => {
    const now = new Date();
    await utimes(`${root}src/systems/bird.ts`, now, now);
    await printed(/^src\/systems changed: what runs here is as before; end this and run it again to see the change$/m);
  });

  test('says that a changed declaration may need another start', async () => {
    const now = new Date();
    await utimes(`${root}src/apps/bird/service.ts`, now, now);
    await printed(/^the declaration of bird changed: .*; end this and run it again to see a change of these$/m);
    await printed(/^bird +\| changed, starts again[\s\S]*^bird +\|.*Server listening/m);
  });

  test('stops with all its services', { timeout: 30_000 }, async () => {
    // Not its own kill, which would not wait for the drain.
    process.kill(Number(dev.pid), 'SIGTERM');
    const { exitCode, all } = await dev;
    expect(exitCode).toBe(0);
    expect(all.match(/ended$/gm)).toHaveLength(bird.services.length);
    await expect(fetch(url)).rejects.toThrow();
  });
});

test('starts a service again when its code changes, though it was not ready yet', { timeout: 60_000 }, async () => {
  // For this one no service ever is.
  const unready = 'globalThis.fetch = async () => new Response("not yet", { status: 503 });';
  const dev = startDev(['bird'], { PORT: '0' }, ['--import', `data:text/javascript,${encodeURIComponent(unready)}`]);
  let output = '';
  dev.all?.on('data', (data) => {
    output += data;
  });
  const options = { timeout: 25_000, interval: 50 };
  try {
    await eventually(() => expect(output).toMatch(/^bird-image \|.*Server listening/m), options);
    const now = new Date();
    await utimes(entryOf('bird-image').replace('main.ts', 'app.ts'), now, now);
    await eventually(
      () => expect(output).toMatch(/^bird-image \| changed, starts again[\s\S]*^bird-image \|.*Server listening/m),
      options,
    );
    expect(output).not.toMatch(/^ready /m);
  } finally {
    process.kill(Number(dev.pid), 'SIGTERM');
    expect((await dev).exitCode).toBe(0);
  }
});

describe('says what is wrong', () => {
  test.each<[what: string, args: string[], env: Record<string, string>, exitCode: number, message: string]>([
    [
      'an unknown system',
      ['brid'],
      {},
      2,
      'unknown system: got brid; allowed: bird | insta; fix: name one of these, or add it to src/systems/index.ts',
    ],
    [
      'a PORT that is none',
      [],
      { PORT: 'x' },
      2,
      'PORT: got "x"; allowed: a whole number, at least 0, at most 65535; fix: set a number in that range',
    ],
    [
      'a REDIS_URL that is none',
      ['insta'],
      { PORT: '0', REDIS_URL: 'http://me:hush@redis' },
      2,
      'REDIS_URL: got http:...; allowed: redis://user:password@host:port/db, or rediss://..., with db a number; fix: ',
    ],
    [
      'a demo of a system that has none',
      ['bird', '--demo'],
      {},
      2,
      '--demo: got the system bird; allowed: insta; fix: leave --demo out, or run insta',
    ],
    ['an unknown option', ['--prot'], {}, 2, "unknown option '--prot'"],
    ['a service that cannot start', ['bird'], { PORT: '0', BIRD_CACHE_TTL: 'soon' }, 1, 'ended by itself with code 78'],
  ])('%s', async (_what, args, env, exitCode, message) => {
    const { all, exitCode: got } = await startDev(args, env);
    expect(all).toContain(message);
    expect(all).not.toMatch(/^\s+at /m);
    expect(got).toBe(exitCode);
  });

  test('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { stderr, exitCode } = await startDev([], { PORT: String(port) });
    server.close();
    expect(stderr).toBe(
      `PORT: got ${port}, which is in use; allowed: a free port; fix: end what uses it, or set PORT=${port + 1}`,
    );
    expect(exitCode).toBe(1);
  });
});

test('--help', async () => {
  const { stdout, exitCode } = await startDev(['--help'], {});
  expect(stdout).toContain('Usage: npm run dev -- [options] [system]');
  expect(stdout).toMatch(/Not so what this sets itself: DATABASE_URL, /);
  expect(exitCode).toBe(0);
});

test.each([
  ['bird.localhost', 'bird'],
  ['bird.localhost:8080', 'bird'],
  ['BIRD-image.test', 'bird-image'],
  ['bird-image', 'bird-image'],
  ['127.0.0.1:8080', 'bird'],
  ['localhost:8080', 'bird'],
  ['other.test', 'bird'],
  ['', 'bird'],
])('the host %s is the entrance %s', (host, entrance) => {
  expect(entranceFor(host, bird)?.host).toBe(entrance);
});

test('a system without entrances has none for any host', () => {
  expect(entranceFor('bird.localhost', { ...bird, entrances: [] })).toBeUndefined();
});

test.each([
  ['GET', '/items', true],
  ['HEAD', '/items', true],
  ['POST', '/items', false],
  ['GET', '/items/', false],
  ['GET', '/items/7', false],
  ['POST', '/items/7/tags', true],
  ['POST', '/items//tags', false],
  ['POST', '/items/7/tags/x', false],
  ['HEAD', '/items/7/tags', false],
])('%s %s passes: %s', (method, path, passes) => {
  const item = { summary: 's', response: z.string() };
  const { routes } = defineContract({
    name: 'shop',
    port: 3000,
    routes: {
      list: get('/items', item),
      tag: post('/items/:id/tags', { ...item, params: z.object({ id: z.string() }) }),
    },
  });
  expect(matchesRoute(Object.values(routes), method, path)).toBe(passes);
});
