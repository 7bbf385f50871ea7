import { afterAll, beforeAll, expect, test } from 'vitest';
import activator from '../src/apps/activator/app.ts';
import bird from '../src/apps/bird/app.ts';
import birdImage from '../src/apps/bird-image/app.ts';
import { type App, type BuiltApp, buildApp } from '../src/apps/kit/index.ts';
import { buildSample } from '../src/apps/kit/testing/build-sample.ts';
import { eventually } from '../src/apps/kit/testing/eventually.ts';
import { LogLines } from '../src/apps/kit/testing/log-lines.ts';
import { type OtlpReceiver, otlpReceiver } from '../src/apps/kit/testing/otlp-receiver.ts';
import { nowhere } from '../src/apps/kit/testing/stub-server.ts';
import { currentTrace } from '../src/apps/kit/trace.ts';
import { activator as beside, sleepersText } from '../src/model/index.ts';
import { type RunningInsta, runInsta } from './insta/running.ts';
import { tour } from './insta/tour.ts';

/** What is sent, each in a form of its own; all have the word by which it is looked for. */
const secrets = {
  password: 'Marked-pass-phrase-1',
  token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJNYXJrZWQtc3ViamVjdC0xIn0.TWFya2VkLXNpZ25hdHVyZS0x',
  opaque: 'Marked-opaque-token-1',
  email: 'marked.person.1@example.com',
  basic: 'TWFya2VkLXVzZXI6TWFya2VkLXBhc3M=',
  key: 'Marked-access-key-1',
};
const marks = Object.values(secrets).flatMap((secret) => [secret, encodeURIComponent(secret), ...secret.split('.')]);
/** The head of every token of this sort, and the ends of addresses, which tell nothing. */
const known = new Set(['eyJhbGciOiJFUzI1NiJ9', 'marked', 'person', 'com', '1@example', '1%40example']);
const looked = [...new Set(marks)].filter((mark) => !known.has(mark));

const found = (text: string) => looked.filter((mark) => text.includes(mark));

let collector: OtlpReceiver;
let insta: RunningInsta;
const others = new LogLines();
const apps: BuiltApp[] = [];
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  collector = stack.use(await otlpReceiver());
  const env = { LOG_LEVEL: 'trace', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '1' };
  insta = stack.use(await runInsta({ ...env, ADDRESS_LIMIT: '1000' }));
  const away = await nowhere();
  const built = async (app: unknown, own: Record<string, string>) => {
    const running = await buildApp(app as App, { env: { ...env, ...own }, logTo: others });
    stack.defer(() => running.close());
    return running;
  };
  apps.push(
    ...insta.apps,
    await built(birdImage, { PHOTOS_URL: away, PHOTOS_ACCESS_KEY: secrets.key }),
    await built(bird, { BIRDS_URL: away, BIRD_IMAGE_URL: away }),
    await built(activator, {
      [beside.variable]: sleepersText([{ name: 'media', readyUrl: `${away}/readyz`, coldStart: '5s' }]),
    }),
  );
}, 120_000);
afterAll(() => stack.disposeAsync());

/** Every request of every route, with secrets wherever a caller may put one: by whoever has no token, by whoever has a made-up one, and by a person. */
async function askAll(token: string): Promise<number> {
  let asked = 0;
  const { password, email, opaque, basic } = secrets;
  const fields = {
    password,
    current: password,
    next: password,
    email,
    refreshToken: opaque,
    accessToken: secrets.token,
  };
  const json = JSON.stringify({ ...fields, handle: opaque, name: opaque, bio: email, caption: opaque, text: email });
  const headers = {
    cookie: `access=${secrets.token}; refresh=${opaque}; __Host-access=${secrets.token}`,
    'x-api-key': secrets.key,
    'proxy-authorization': `Basic ${basic}`,
    'user-agent': opaque,
    referer: `https://insta.test/?token=${opaque}`,
    'x-request-id': secrets.token,
    tracestate: `a=${opaque}`,
    'sec-fetch-site': 'same-origin',
  };
  const query = Object.entries({ ...fields, cursor: opaque, limit: opaque }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  for (const { service, server } of apps) {
    for (const { method, path } of Object.values(service.contract.routes)) {
      for (const value of [opaque, email, secrets.token]) {
        const url = `${path.replaceAll(/:\w+/g, encodeURIComponent(value))}?${query.join('&')}`;
        for (const authorization of [`Basic ${basic}`, `Bearer ${secrets.token}`, `Bearer ${token}`]) {
          const sent = { ...headers, authorization, 'content-type': 'application/json' };
          // What is no JSON is quoted by whoever reads it.
          const payload = value === email ? `{"password":${password}}` : json;
          await server.inject({
            method,
            url,
            headers: sent,
            ...(method !== 'GET' && method !== 'DELETE' && { payload }),
          });
          asked++;
        }
      }
      await server.inject({ method, url: `/${opaque}/${email}/%ZZ?password=${password}`, headers });
    }
  }
  return asked;
}

test('known secrets and tokens that are sent through every route appear in no log line, span or metric', async () => {
  const { ann, ben } = await tour(insta.caller);
  const token = await ann.token();
  looked.push(ann.password, ann.email, ben.password, ben.email, ...token.split('.').slice(1));
  const routes = apps.reduce((sum, { service }) => sum + Object.keys(service.contract.routes).length, 0);
  expect(await askAll(token)).toBe(9 * routes);
  const requests = apps.flatMap(({ service }) =>
    [...insta.lines.of('request'), ...others.of('request')]
      .filter((line) => line['service.name'] === service.name)
      .slice(0, 1),
  );
  expect(requests).toHaveLength(apps.length);
  expect(found(insta.lines.text + others.text)).toEqual([]);
  for (const { service, metricsServer } of apps)
    for (const accept of ['text/plain', 'application/openmetrics-text; version=1.0.0'])
      expect([
        service.name,
        found((await metricsServer.inject({ url: '/metrics', headers: { accept } })).body),
      ]).toEqual([service.name, []]);
  // The last of them are sent some seconds later.
  await eventually(() => {
    const names = new Set(collector.spans().map(({ resource }) => resource['service.name']));
    expect(names).toEqual(new Set(apps.map(({ service }) => service.name)));
  });
  expect(found(collector.requests.map(({ body }) => body).join('\n'))).toEqual([]);
}, 300_000);

test('one that does appear is found: in a line, a span and a metric', async () => {
  await using receiver = await otlpReceiver();
  const sample = await buildSample({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER_ARG: '1' },
    setup: ({ server, log, metrics }) => {
      server.get('/leak/:it', async ({ params }) => {
        const { it } = params as { it: string };
        log.info({ it }, 'a name that says nothing');
        metrics.open.inc({ who: it });
        currentTrace.getStore()?.span?.set({ 'url.path': it });
        return {};
      });
    },
  });
  await sample.server.inject(`/leak/${secrets.opaque}`);
  const { body } = await sample.metricsServer.inject('/metrics');
  await sample.close();
  expect(found(sample.lines.text)).toEqual([secrets.opaque]);
  expect(found(body)).toEqual([secrets.opaque]);
  expect(found(receiver.requests.map((sent) => sent.body).join('\n'))).toEqual([secrets.opaque]);
});
