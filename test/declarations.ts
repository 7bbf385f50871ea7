import { z } from 'zod';
import {
  type Contract,
  callTo,
  cpu,
  defineContract,
  defineEnvironment,
  defineService,
  defineSystem,
  fixed,
  gateway,
  get,
  ingress,
  integer,
  loadBalancer,
  nodePort,
  objectStore,
  postgres,
  redis,
  runObjectStore,
  runPostgres,
  runRedis,
  type Service,
  secret,
} from '../src/model/index.ts';

/** A contract with one exposed route, for tests that do not look at it. */
export function contractNamed<const Name extends string>(name: Name, port = 3000) {
  return defineContract({
    name,
    port,
    routes: { list: get('/items', { summary: 'Lists items.', exposed: true, response: z.array(z.string()) }) },
  });
}

/** A service with nothing but what it must say. */
export function minimalService(contract: Contract = contractNamed('minimal')): Service {
  return defineService({ contract, owner: 'team', description: 'Does the least.', scaling: fixed(1) });
}

/** A service that says all that it can. A property that the declaration gains and this lacks does not compile. */
export function fullService(): { service: Service; callee: Service } {
  const calleeContract = contractNamed('callee', 3001);
  const props: Required<Parameters<typeof defineService>[0]> = {
    contract: defineContract({
      name: 'full',
      port: 3000,
      routes: {
        list: get('/items', { summary: 'Lists items.', exposed: true, response: z.array(z.string()) }),
        item: get('/items/:id/parts', {
          summary: 'One item.',
          exposed: true,
          params: z.object({ id: z.string() }),
          response: z.string(),
        }),
        internal: get('/internal', { summary: 'For other services.', response: z.string() }),
      },
    }),
    owner: 'team',
    description: 'Does all.',
    calls: [callTo(calleeContract, { timeout: '1s', retries: 0 })],
    outside: {
      weather: { url: 'https://weather.example.com:8443/v1', timeout: '1s', retries: 0 },
      maps: { url: 'https://maps.example.com' },
    },
    env: {
      PAGE_SIZE: integer({ default: 20, min: 1, max: 100 }),
      API_KEY: secret({ secret: 'weather', key: 'api-key' }),
    },
    metrics: {},
    uses: { database: postgres({ connections: 4, statementTimeout: '2s' }), keyValue: redis(), objects: objectStore() },
    scaling: cpu({ min: 3, max: 9, cpu: 60, memory: 70 }),
    resources: { cpu: '100m', cpuLimit: '1', memory: '128Mi', memoryLimit: '512Mi', ephemeralStorage: '1Gi' },
    lifecycle: { startup: '30s', request: '10s', drainDelay: '3s', drain: '12s', keepAlive: '80s' },
    slo: { availability: 0.995, latency: { quantile: 0.99, below: '700ms' }, minimumErrors: 20 },
    bodyLimit: '2Mi',
    shedAbove: '300ms',
    alerts: { podCrashLooping: 4 },
  };
  return { service: defineService(props) as Service, callee: minimalService(calleeContract) };
}

/** A system of the services; the first one has an entrance. */
export function systemOf(...services: [Service, ...Service[]]) {
  return defineSystem({
    name: 'shop',
    services,
    entrances: [{ host: 'shop', services: [services[0]], nodePort: 30_100 }],
  });
}

const controllers = [{ namespace: 'edge', labels: { app: 'proxy' } }];

/** The ways to be reached from outside. A load balancer needs a gateway. */
export const exposures = {
  ingress: ingress({ controllers }),
  nodePort: nodePort(),
  loadBalancer: loadBalancer(),
  gateway: gateway({ name: 'public', namespace: 'edge', controllers }),
};

export function environmentWith(props: Partial<Parameters<typeof defineEnvironment>[0]> = {}) {
  return defineEnvironment({
    name: 'test',
    domain: 'test',
    images: { repository: 'registry.example.com/shop', tag: '1.2.3' },
    exposure: [exposures.ingress],
    stores: { database: runPostgres(), keyValue: runRedis(), objects: runObjectStore() },
    monitoring: { release: 'kps', prometheus: { namespace: 'monitoring', labels: { app: 'prometheus' } } },
    ...props,
  });
}
