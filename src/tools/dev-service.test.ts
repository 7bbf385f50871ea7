import { expect, onTestFinished, test } from 'vitest';
import { contractNamed, minimalService } from '../../test/declarations.ts';
import { json, stubServer } from '../apps/kit/testing/stub-server.ts';
import { defineSystem } from '../model/index.ts';
import bird from '../systems/bird.ts';
import { DevService, declaredIn, environmentOf, isComposition, localUrl, servicesOf } from './dev-service.ts';
import { freePorts } from './free-ports.ts';

const users = minimalService(contractNamed('users'));
const shop = {
  ...minimalService(contractNamed('shop')),
  calls: [{ contract: users.contract, timeout: '1s', retries: 0, waits: false }],
} as const;
const system = defineSystem({ name: 'mall', services: [shop, users] });

test.each([
  ['apps/shop/app.ts', ['shop']],
  ['apps/shop/store/items.ts', ['shop']],
  ['apps/shop/app.test.ts', []],
  ['apps/shop/notes.md', []],
  ['apps/shop/contract.ts', ['shop', 'users']],
  ['apps/kit/run.ts', ['shop', 'users']],
  ['model/env.ts', ['shop', 'users']],
  ['apps/other/app.ts', []],
  ['charts/main.ts', []],
])('a change of %s starts again %j', (file, names) => {
  expect(servicesOf(file, system).map((service) => service.name)).toEqual(names);
});

test.each([
  ['systems/bird.ts', true],
  ['systems/environments/local.ts', true],
  ['systems/bird.test.ts', false],
  ['systems/notes.md', false],
  ['apps/shop/app.ts', false],
])('%s is composition: %s', (file, is) => {
  expect(isComposition(file)).toBe(is);
});

test.each([
  ['apps/shop/contract.ts', 'shop'],
  ['apps/shop/service.ts', 'shop'],
  ['apps/shop/service.test.ts', undefined],
  ['apps/shop/store/service.ts', undefined],
  ['apps/shop/app.ts', undefined],
  ['apps/other/contract.ts', undefined],
])('%s declares %s', (file, name) => {
  expect(declaredIn(file, system)?.name).toBe(name);
});

test('a change while it stops neither starts it again nor holds its end up', async () => {
  const image = bird.services.find(({ name }) => name === 'bird-image');
  if (!image) throw new Error('bird has no bird-image');
  const [http = 0, metrics = 0] = await freePorts(2);
  const lines: string[] = [];
  const ends: string[] = [];
  const running = new DevService({
    service: image,
    env: environmentOf(image, new Map([[image.name, { http, metrics }]])),
    url: localUrl({ http, metrics }),
    log: (line) => lines.push(line),
    onExit: (how) => ends.push(how),
  });
  onTestFinished(() => running.kill());
  running.start();
  await running.ready();
  await running.restart();
  await running.ready();
  await Promise.all([running.stop(), running.restart()]);
  expect(lines.filter((line) => line === 'changed, starts again')).toHaveLength(1);
  expect(lines.at(-1)).toContain('"body":"ended"');
  expect(ends).toEqual([]);
});

test('waits for a service that is not ready, and says why', async () => {
  let asked = 0;
  await using server = await stubServer((_request, response) => {
    asked++;
    if (asked > 10) return json(response, {});
    response.statusCode = 503;
    response.end('{"errors":[{"path":"database","message":"failed"}]}');
  });
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await new DevService({ service: users, env: {}, url: server.url, log, onExit: log }).ready(1_000);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines[0]).toMatch(/^not ready after \d+ s: \{"errors":\[\{"path":"database","message":"failed"\}\]\}$/);
});

test('a service is told where it and those that it calls are', () => {
  const ports = new Map([
    ['shop', { http: 1, metrics: 2 }],
    ['users', { http: 3, metrics: 4 }],
  ]);
  expect(environmentOf(shop, ports)).toEqual({
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '1',
    METRICS_PORT: '2',
    USERS_URL: 'http://127.0.0.1:3',
  });
});
