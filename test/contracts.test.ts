import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../src/apps/kit/app.ts';
import { type BuiltApp, buildApp } from '../src/apps/kit/build-app.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { exposedRoutes, variablesOf } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import { type Manifest, objectNamed } from './objects.ts';

const silent = { write: () => {} };

/** The environment that a Deployment's container gets; a Secret's key gives a text of ours. */
function environmentOf(container: Manifest): Record<string, string> {
  return Object.fromEntries(
    container.env.map((variable: Manifest) => [variable.name, variable.value ?? 'from-a-secret']),
  );
}

const placed = Object.values(environments).flatMap((environment) =>
  systems.flatMap((system) =>
    system.services.map((service) => ({
      title: `${service.name} in ${environment.name}`,
      environment,
      system,
      service,
    })),
  ),
);

// The app is booted with exactly what its manifest gives it, and asked what its manifest says it answers.
describe.each(placed)('$title', ({ environment, system, service }) => {
  const objects = renderPlatform({ environment, systems: [system] }).flatMap((chart) => chart.objects);
  const pod = objectNamed(objects, 'Deployment', service.name).spec.template.spec;
  const [container] = pod.containers;
  let app: BuiltApp;

  beforeAll(async () => {
    const { default: code } = (await import(`../src/apps/${service.name}/app.ts`)) as { default: App };
    app = await buildApp(code, { env: environmentOf(container), logTo: silent });
  });
  afterAll(() => app.close());

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

  test.each(['startupProbe', 'livenessProbe', 'readinessProbe'])(
    'the %s asks for a path that answers',
    async (probe) => {
      const { statusCode } = await app.server.inject(container[probe].httpGet.path);
      expect(statusCode).toBe(200);
    },
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
