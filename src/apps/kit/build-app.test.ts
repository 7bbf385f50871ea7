import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineContract, get } from '../../model/index.ts';
import { buildApp, defineApp } from './index.ts';
import { buildSample, sampleEnv } from './testing/build-sample.ts';
import { LogLines } from './testing/log-lines.ts';
import { sampleHandlers, sampleService } from './testing/sample-app.ts';
import { otherContract } from './testing/sample-contract.ts';

const build = (app: Parameters<typeof buildApp>[0]) => buildApp(app, { env: sampleEnv, logTo: new LogLines() });

describe('an app', () => {
  test('has a handler for every operation, by type and at start', async () => {
    // @ts-expect-error the operations other than removeThing are missing
    const missing = defineApp(sampleService, async () => ({ removeThing: async () => undefined }));
    await expect(build(missing)).rejects.toThrow('sample: no handler for getThing: add it; no handler for makeThing');
    const unknown = defineApp(sampleService, async (kit) => ({ ...sampleHandlers(kit), getThng: () => ({}) }));
    await expect(build(unknown)).rejects.toThrow('a handler for getThng, which is no route of the contract');
  });

  test('gets a client for declared calls only, by type and at start', async () => {
    const strange = defineContract({
      name: 'strange',
      port: 4302,
      routes: { a: get('/', { summary: 'A.', response: otherContract.routes.ping.response }) },
    });
    const app = defineApp(sampleService, async (kit) => {
      // @ts-expect-error the call is not declared
      kit.client(strange);
      return sampleHandlers(kit);
    });
    await expect(build(app)).rejects.toThrow(
      'sample has no declared call to strange; declared: other; fix: add its contract to calls in sample/service.ts',
    );
  });

  test('gets its config, metrics and outside APIs typed', async () => {
    await using app = await buildSample();
    const { config, metrics, outside, client } = app.kit;
    expectTypeOf(config.SAMPLE_SIZE).toEqualTypeOf<number>();
    expectTypeOf(config.SAMPLE_MODE).toEqualTypeOf<'fast' | 'safe'>();
    expectTypeOf(config.SAMPLE_EXTRA).toEqualTypeOf<string | undefined>();
    expectTypeOf(config.LOG_LEVEL).toEqualTypeOf<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>();
    expectTypeOf(metrics.things.inc)
      .parameter(0)
      .toEqualTypeOf<{ readonly kind: 'a' | 'b'; readonly place: 'here' | 'there' }>();
    expectTypeOf(metrics.plain.inc).parameter(0).toEqualTypeOf<number | undefined>();
    expectTypeOf(outside).toHaveProperty('farAway');
    expectTypeOf(client(otherContract).find).returns.resolves.toEqualTypeOf<{ name: string }>();
  });

  test('closes what was added last first, all of it, and only once', async () => {
    const closed: string[] = [];
    const app = await buildSample({
      setup: (kit) => {
        kit.onClose(() => closed.push('store'));
        kit.onClose(() => {
          throw new Error('cannot close');
        });
        kit.onClose(async () => closed.push('queue'));
      },
    });
    await Promise.all([app.close(), app.close()]);
    expect(closed).toEqual(['queue', 'store']);
    expect(app.lines.of('closing failed')).toHaveLength(1);
  });

  test('whose setup fails leaves nothing open', async () => {
    const app = defineApp(sampleService, async () => {
      throw new Error('no store');
    });
    await expect(build(app)).rejects.toThrow('no store');
  });
});

test('the OpenAPI document lists the routes, the checks of their schemas and the shape of errors', async () => {
  await using app = await buildSample({ env: { SERVICE_VERSION: '1.2.3' } });
  const document = (await app.server.inject('/openapi.json')).json();
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'sample', version: '1.2.3', description: 'A service for the tests of the kit.' },
    components: { schemas: { Problem: { required: expect.arrayContaining(['code', 'traceId']) } } },
  });
  const operations = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
  );
  expect(operations).toEqual([
    'get /things/{id} getThing',
    'delete /things/{id} removeThing',
    'post /things makeThing',
    'get /wait wait',
    'get /fail fail',
  ]);
  const { parameters, responses } = document.paths['/things/{id}'].get;
  expect(parameters).toContainEqual(expect.objectContaining({ in: 'path', name: 'id', required: true }));
  expect(parameters).toContainEqual(expect.objectContaining({ in: 'query', name: 'page', required: false }));
  expect(responses.default.content['application/problem+json'].schema.$ref).toBe('#/components/schemas/Problem');
});
