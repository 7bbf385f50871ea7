import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../src/apps/kit/app.ts';
import { type BuiltApp, buildApp } from '../src/apps/kit/build-app.ts';
import { makeFilePlace } from '../src/apps/kit/testing/key-value-places.ts';
import { folderPlace } from '../src/apps/kit/testing/object-store-places.ts';
import { testDatabase } from '../src/apps/kit/testing/test-postgres.ts';
import { exposedRoutes, type Service, variablesOf } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import { type Manifest, objectNamed, objectsOf } from './objects.ts';

const silent = { write: () => {} };

/** The environment that a Deployment's container gets; a Secret's key gives a text of ours. */
function environmentOf(container: Manifest): Record<string, string> {
  return Object.fromEntries(
    container.env.map((variable: Manifest) => [variable.name, variable.value ?? 'from-a-secret']),
  );
}

/** Stores of this machine in place of those of a cluster: an app is Ready only with them. */
async function storesOf({ uses }: Service, stack: AsyncDisposableStack): Promise<Record<string, string>> {
  return {
    ...(uses.database && { DATABASE_URL: stack.use(await testDatabase()).url }),
    ...(uses.keyValue && { REDIS_URL: stack.use(await makeFilePlace()).url }),
    ...(uses.objects && { OBJECTS_URL: stack.use(await folderPlace()).url }),
  };
}

const placed = Object.values(environments).flatMap((environment) => {
  const objects = objectsOf({ environment, systems });
  return systems.flatMap((system) =>
    system.services.map((service) => ({
      title: `${service.name} in ${environment.name}`,
      objects: objects.filter(({ metadata }) => metadata.namespace === system.name),
      service,
    })),
  );
});

// The app is booted with exactly what its manifest gives it, and asked what its manifest says it answers.
describe.each(placed)('$title', ({ objects, service }) => {
  const pod = objectNamed(objects, 'Deployment', service.name).spec.template.spec;
  const [container] = pod.containers;
  const stores = new AsyncDisposableStack();
  let app: BuiltApp;

  beforeAll(async () => {
    const { default: code } = (await import(`../src/apps/${service.name}/app.ts`)) as { default: App };
    const env = { ...environmentOf(container), ...(await storesOf(service, stores)) };
    app = await buildApp(code, { env, logTo: silent });
  });
  afterAll(async () => {
    await app.close();
    await stores.disposeAsync();
  });

  test('the app runs the declaration that the manifest was rendered from', () => {
    expect(app.service).toBe(service);
  });

  test('the container gets no variable that the app does not read', () => {
    const known = Object.keys(variablesOf(service));
    expect(Object.keys(environmentOf(container)).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('the app listens where the ports of container and Service point', () => {
    const ports = Object.fromEntries(container.ports.map((port: Manifest) => [port.name, port.containerPort]));
    expect(ports).toEqual({ http: app.config.HTTP_PORT, metrics: app.config.METRICS_PORT });
    expect(app.config.HTTP_HOST).toBe('0.0.0.0');
    for (const port of objectNamed(objects, 'Service', service.name).spec.ports)
      expect(Object.keys(ports)).toContain(port.targetPort);
  });

  test.each(['startupProbe', 'livenessProbe', 'readinessProbe'])('the %s asks for a path that answers', (probe) =>
    // Ready once its tables are there.
    expect
      .poll(async () => (await app.server.inject(container[probe].httpGet.path)).statusCode, { timeout: 15_000 })
      .toBe(200),
  );

  test('the ServiceMonitor asks for a path that has the metrics of requests and of the service', async () => {
    const [endpoint] = objectNamed(objects, 'ServiceMonitor', service.name).spec.endpoints;
    const { statusCode, body } = await app.metricsServer.inject(endpoint.path);
    expect(statusCode).toBe(200);
    for (const { name } of Object.values(service.metrics)) expect(body).toContain(`# TYPE ${name} `);
  });

  test('every exposed route is one that the app has', () => {
    for (const route of exposedRoutes(service.contract))
      expect(app.server.hasRoute({ method: route.method, url: route.path })).toBe(true);
  });
});

// It is in no system: a gateway has it beside its Nginx.
test('the activator starts with what the gateway gives it, and answers its probes', async () => {
  const beside = Object.values(environments).flatMap((environment) =>
    objectsOf({ environment, systems })
      .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'gateway')
      .flatMap(({ spec }) => spec.template.spec.initContainers ?? []),
  );
  expect(beside.length).toBeGreaterThan(0);
  for (const container of beside) {
    const { default: code } = (await import(`../src/apps/${container.name}/app.ts`)) as { default: App };
    const app = await buildApp(code, { env: environmentOf(container), logTo: silent });
    expect(container.ports[0].containerPort).toBe(app.service.contract.port);
    for (const probe of [container.startupProbe, container.livenessProbe]) {
      expect((await app.server.inject(probe.httpGet.path)).statusCode).toBe(200);
    }
    await app.close();
  }
});
