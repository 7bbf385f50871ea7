import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import type { FastifyReply, FastifyRequest } from 'fastify';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { runInsta } from '../../test/insta/running.ts';
import auth from '../apps/auth/contract.ts';
import postsContract from '../apps/posts/contract.ts';
import users from '../apps/users/contract.ts';
import insta from '../systems/insta.ts';
import { drawPicture } from './demo/art/draw.ts';
import { emailOf } from './demo/demo-account.ts';
import { passwordOf } from './demo/demo-password.ts';
import { fillDemo, logInLine } from './demo/fill-demo.ts';
import { InstaApi } from './demo/insta-api.ts';
import { followedBy, people } from './demo/people.ts';
import { posts as allPosts } from './demo/posts.ts';
import { createDevProxy } from './dev-proxy.ts';
import { root } from './repository.ts';
import { CommandError } from './run-command.ts';

// Media reads no SVG, and is in this process here; the demo draws in it, in another process.
sharp.unblock({ operation: ['VipsForeignLoadSvg'] });

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Insta under one URL, where something can happen to each request. */
async function openInsta() {
  // Tokens end while the demo is under way, as they do where it takes long; the limits of log-ins are for people.
  const running = await runInsta({ ACCESS_TOKEN_TTL: '10s', LOGIN_LIMIT: '1000', ADDRESS_LIMIT: '1000' });
  const contracts = new Map(insta.services.map(({ name, contract }) => [name, contract]));
  const proxy = await createDevProxy(insta, (name) => {
    const contract = contracts.get(name);
    return contract ? running.urlOf(contract) : '';
  });
  let hook: Hook | undefined;
  proxy.addHook('onRequest', (request, reply) => hook?.(request, reply) ?? Promise.resolve());
  await proxy.listen({ host: '127.0.0.1', port: 0 });
  const url = new URL(`http://127.0.0.1:${(proxy.server.address() as AddressInfo).port}`);
  return {
    url,
    onRequest: (next?: Hook) => {
      hook = next;
    },
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await running[Symbol.asyncDispose]();
    },
  };
}

test('goes on where it was interrupted, waits where it is told to, and adds nothing twice', {
  timeout: 180_000,
}, async () => {
  await using opened = await openInsta();
  const { url, onRequest } = opened;
  const lines: string[] = [];
  // Few, as the rest would only take longer.
  const posts = allPosts.slice(0, 15);
  const props = { url, posts, password: 'a password for today', print: (line: string) => lines.push(line) };

  let posted = 0;
  onRequest(async ({ method, url: path }, reply) => {
    if (posted >= 5) return reply.code(502).send('gone');
    if (method === 'POST' && path === postsContract.routes.create.path) posted++;
  });
  const broken: unknown = await fillDemo(props).catch((error: unknown) => error);
  expect(broken).toBeInstanceOf(CommandError);
  expect((broken as Error).message).toMatch(
    /^URL: got http.*: \w+ \/\S* was answered with 502; run this again: it goes on where it stopped$/,
  );

  const told: string[] = [];
  onRequest(async (request, reply) => {
    if (told.includes('log-in') || request.url !== auth.routes.logIn.path) return;
    told.push('log-in');
    return reply.code(429).header('retry-after', '1').send({ code: 'too-many-requests' });
  });
  const second = await fillDemo(props);
  expect(told).toEqual(['log-in']);
  // Both the first run and the second made some of it.
  expect(second.posts).toBeGreaterThan(0);
  expect(second.posts).toBeLessThan(posts.length);
  expect(second.people).toBeLessThan(people.length);

  const asked: string[] = [];
  onRequest(async ({ method, url: path }) => {
    if (method === 'POST') asked.push(path);
  });
  expect(await fillDemo(props)).toEqual({ people: 0, posts: 0, comments: 0 });
  expect(new Set(asked)).toEqual(new Set([auth.routes.register.path, auth.routes.logIn.path]));

  await using api = new InstaApi(props);
  const [first] = people;
  const body = { email: emailOf(first), password: props.password };
  expect(logInLine(url, props.password)).toContain(`${body.email}, password: ${body.password}`);
  const { accessToken: token } = await api.call(auth.routes.logIn, { body });
  for (const { handle, name, bio } of people) {
    const profile = await api.call(users.routes.profile, { params: { handle } }, { token });
    expect(profile).toMatchObject({ name, bio, avatar: expect.any(String), following: followedBy(handle).length });
    const query = { author: profile.id, limit: 50 };
    const { items } = await api.call(postsContract.routes.byAuthor, { query }, { token });
    const own = posts.filter(({ by }) => by === handle);
    const shown = items.map(({ caption, media, likes, comments }) => [caption, media.length, likes, comments]);
    const wanted = own.map(({ caption, pictures, likedBy, comments = [] }) => [
      ...[caption, pictures.length],
      ...[likedBy.length, comments.length],
    ]);
    expect(shown).toEqual(wanted.toReversed());
  }
  const feed = await api.call(postsContract.routes.feed, { query: { limit: 50 } }, { token });
  expect(feed.items.length).toBeGreaterThan(posts.length / 2);

  const otherPassword: unknown = await fillDemo({ ...props, password: 'another password' }).catch(
    (error: unknown) => error,
  );
  expect((otherPassword as Error).message).toMatch(/^DEMO_PASSWORD: got one that is not that of \S+@demo\.example, /);
});

test('draws the same picture for the same seed, and another for another', async () => {
  const drawn = (seed: string) => drawPicture({ scene: 'sea', palette: 'dusk', extras: ['boat'] }, seed);
  expect((await drawn('one')).equals(await drawn('one'))).toBe(true);
  expect((await drawn('one')).equals(await drawn('two'))).toBe(false);
});

test('what people say can be told apart, and they say it where they are known', () => {
  expect(people.length).toBeGreaterThanOrEqual(12);
  expect(allPosts.length).toBeGreaterThanOrEqual(60);
  expect(allPosts.some(({ pictures }) => pictures.length > 2)).toBe(true);
  const captions = allPosts.map(({ by, caption }) => `${by} ${caption}`);
  expect(new Set(captions).size).toBe(captions.length);
  for (const { caption, comments = [] } of allPosts) {
    expect(postsContract.routes.create.body.shape.caption.parse(caption)).toBe(caption);
    expect(new Set(comments.map((comment) => comment.join(' '))).size).toBe(comments.length);
  }
  for (const { handle, name, bio } of people) {
    const given = { handle, name, bio, avatar: null };
    expect(users.routes.saveMe.body.parse(given)).toEqual(given);
  }
});

type Told = [what: string, args: string[], env: Record<string, string>, exitCode: number, message: string];
const refused = (host: string) =>
  `DEMO_PASSWORD: got the one that stands in the repository, for ${host}; allowed: that one only for`;

test.each<Told>([
  ['no URL', ['insta.test'], {}, 2, 'URL: got "insta.test"; allowed: http:// or https:// and a host, without a path'],
  ['a URL with a path', ['http://a/b'], {}, 2, 'URL: got "http://a/b"; allowed: '],
  ['a short password', [], { DEMO_PASSWORD: 'short' }, 2, 'DEMO_PASSWORD: got 5 characters; allowed: 10 to 200; fix: '],
  ...['https://insta.example.com', 'http://203.0.113.5', 'http://127.0.0.1.example.com', 'http://[2001:db8::1]'].map(
    (url): Told => [`a password that everybody knows at ${url}`, [url], {}, 2, refused(new URL(url).hostname)],
  ),
  ['the same, given', ['https://insta.example.com'], { DEMO_PASSWORD: 'look around' }, 2, refused('insta.example.com')],
  [
    'the same behind a forwarded port',
    ['http://127.0.0.1:9', '--host', 'insta.example.com:443'],
    {},
    2,
    refused('insta.example.com:443'),
  ],
  ['nobody there', ['http://127.0.0.1:9'], {}, 1, 'URL: got http://127.0.0.1:9, which does not answer ('],
  ['an unknown option', ['--hots'], {}, 2, "unknown option '--hots'"],
])('tells of %s', async (_what, args, env, exitCode, message) => {
  const { all, exitCode: got } = await runDemo(args, env);
  expect(all).toContain(message);
  expect(all).not.toMatch(/^\s+at /m);
  expect(got).toBe(exitCode);
});

test.each([
  'http://127.0.0.1:8080',
  'http://127.9.9.9',
  'http://[::1]:8080',
  'http://localhost:8080',
  'http://bird.localhost',
  'https://insta.test',
])('anybody may know the password at %s, which nobody else reaches; at any host one of its own is taken', (url) => {
  const { host } = new URL(url);
  expect(passwordOf({}, [host])).toBe(passwordOf({}));
  expect(passwordOf({}, [host, 'insta.test'])).toBe(passwordOf({}));
  const env = { DEMO_PASSWORD: 'one that is secret' };
  expect(passwordOf(env, [host, 'insta.example.com'])).toBe(env.DEMO_PASSWORD);
});

test('--help', async () => {
  const { stdout, exitCode } = await runDemo(['--help'], {});
  expect(stdout).toContain('Usage: npm run demo -- [options] [url]');
  expect(exitCode).toBe(0);
});

function runDemo(args: string[], env: Record<string, string>) {
  return execa(process.execPath, ['src/tools/demo.ts', ...args], { cwd: root, env, reject: false, all: true });
}
