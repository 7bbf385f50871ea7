import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, exposures } from '../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../test/objects.ts';
import { problemsOf } from '../../test/problems-of.ts';
import {
  callTo,
  defineContract,
  defineService,
  defineSystem,
  fixed,
  nginx,
  quantityValue,
  requestRate,
  requests,
  type Service,
  steps,
} from '../model/index.ts';
import { demandQuery } from './observability/demand-query.ts';

const of = { owner: 'team', description: 'For a test.' } as const;
const idle = { after: '10m' } as const;
const contract = defineContract({ ...contractNamed('kiosk'), coldStart: '9s' });
const till = defineService({
  ...of,
  contract: defineContract({ name: 'till', port: 3001, routes: {} }),
  calls: [callTo(contract, { waits: true })],
  scaling: requests({ min: 1, max: 3, perPod: 50, window: '2m' }),
});

type Scaling = Parameters<typeof defineService>[0]['scaling'];

function market(scaling: Scaling, { exposed = true, caller = till as Service } = {}) {
  const kiosk = defineService({ ...of, contract, scaling }) as Service;
  return defineSystem({
    name: 'market',
    services: [kiosk, caller],
    entrances: exposed ? [{ host: 'kiosk', services: [kiosk], nodePort: 30_100 }] : [],
  });
}

const gateways = { market: nginx() };
const render = (scaling: Scaling, props: Parameters<typeof environmentWith>[0] = {}) =>
  objectsOf({ environment: environmentWith({ gateways, ...props }), systems: [market(scaling)] });

const objects = render(steps({ idle }));
const awake = render(steps());

describe('KEDA', () => {
  const { spec } = objectNamed(objects, 'ScaledObject', 'kiosk');

  test('has no pods once nobody asks, and the declared ones otherwise', () => {
    expect(spec).toMatchObject({
      idleReplicaCount: 0,
      minReplicaCount: 2,
      maxReplicaCount: 10,
      cooldownPeriod: 600,
      initialCooldownPeriod: 600,
      pollingInterval: 5,
      fallback: { failureThreshold: 60, replicas: 5 },
    });
    expect(spec.advanced.scalingModifiers.formula).toBe(
      'demand <= 0 ? 0 : demand <= 100 ? 2 : demand <= 200 ? 4 : demand <= 300 ? 6 : 10',
    );
  });

  test('hears of those who wait from whoever calls it, and from the gateway', () => {
    expect(spec.triggers[0].metadata.query).toBe(
      demandQuery({
        ...{ namespace: 'market', service: 'kiosk', measure: requestRate, window: '30s', scraped: 5 },
        wokenBy: ['till', 'gateway'],
      }),
    );
  });

  test('does the same for requests per pod', () => {
    const byRequests = objectNamed(render(requests({ min: 3, max: 9, perPod: 5, idle })), 'ScaledObject', 'kiosk').spec;
    expect(byRequests).toMatchObject({ idleReplicaCount: 0, minReplicaCount: 3, cooldownPeriod: 600 });
    expect(byRequests.triggers[0].metadata).toMatchObject({ query: spec.triggers[0].metadata.query, threshold: '5' });
  });

  test.each([
    ['30s', 3],
    ['1m', 6],
    ['10m', 60],
    ['2h', 60],
  ] as const)(
    'of a service that sleeps after %s, falls back after %i vain looks: in half of that at most',
    (after, looks) => {
      const window = '20s' as const;
      const { fallback } = objectNamed(render(steps({ window, idle: { after } })), 'ScaledObject', 'kiosk').spec;
      expect(fallback.failureThreshold).toBe(looks);
    },
  );

  test('leaves a service alone that always has pods', () => {
    const always = objectNamed(awake, 'ScaledObject', 'kiosk').spec;
    expect(Object.keys(always)).not.toContain('idleReplicaCount');
    expect(always.pollingInterval).toBe(15);
    expect(always.triggers[0].metadata.query).not.toContain('waiting');
  });
});

describe('whoever calls it', () => {
  const variables = (all: typeof objects) =>
    objectNamed(all, 'Deployment', 'till').spec.template.spec.containers[0].env.map(
      ({ name, value }: { name: string; value: string }) => `${name}=${value}`,
    );
  const interval = (all: typeof objects) => objectNamed(all, 'ServiceMonitor', 'till').spec.endpoints[0].interval;

  test('waits, and is scraped often enough', () => {
    expect(variables(objects)).toContain('KIOSK_COLD_START=9s');
    expect(interval(objects)).toBe('5s');
  });

  test('does not where it always has pods', () => {
    expect(variables(awake).join()).not.toContain('COLD_START');
    expect(interval(awake)).toBe('15s');
  });
});

describe('the gateway', () => {
  const { spec } = objectNamed(objects, 'Deployment', 'gateway').spec.template;
  const before = objectNamed(awake, 'Deployment', 'gateway').spec.template.spec;

  test('has a helper that starts before Nginx, ends after it and answers before Nginx does', () => {
    expect(spec.initContainers).toEqual([
      expect.objectContaining({
        name: 'activator',
        restartPolicy: 'Always',
        image: 'registry.example.com/shop/activator:1.2.3',
        env: [
          { name: 'SERVICE_VERSION', value: '1.2.3' },
          { name: 'SERVICES', value: 'kiosk=http://kiosk:3000/readyz;9s' },
        ],
        securityContext: expect.objectContaining({ readOnlyRootFilesystem: true }),
        volumeMounts: [{ name: 'activator-tmp', mountPath: '/tmp' }],
      }),
    ]);
    const [{ readinessProbe, startupProbe, livenessProbe, ports }] = spec.initContainers;
    expect(readinessProbe).toBeUndefined();
    expect(ports).toEqual([
      { name: 'activator', containerPort: 8091, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9464, protocol: 'TCP' },
    ]);
    for (const probe of [startupProbe, livenessProbe])
      expect(probe.httpGet).toEqual({ path: '/healthz', port: 'activator' });
    expect(spec.terminationGracePeriodSeconds).toBe(before.terminationGracePeriodSeconds + 9);
  });

  test('is scraped for those who wait, by Prometheus alone and as if it were a service', () => {
    const { metadata, spec: monitor } = objectNamed(objects, 'PodMonitor', 'gateway');
    expect(metadata.labels['release']).toBe('kps');
    expect(monitor.podMetricsEndpoints).toEqual([
      {
        port: 'metrics',
        path: '/metrics',
        interval: '5s',
        scrapeTimeout: '5s',
        relabelings: [{ action: 'replace', targetLabel: 'service', replacement: 'gateway' }],
        metricRelabelings: [{ action: 'labeldrop', regex: 'exported_service' }],
      },
    ]);
    const { ingress } = objectNamed(objects, 'NetworkPolicy', 'gateway').spec;
    expect(ingress.at(-1)).toEqual({
      from: [expect.objectContaining({ podSelector: { matchLabels: { app: 'prometheus' } } })],
      ports: [{ protocol: 'TCP', port: 9464 }],
    });
  });

  test('has neither where nothing behind it sleeps', () => {
    expect(before).not.toHaveProperty('initContainers');
    expect(awake.filter(({ kind }) => kind === 'PodMonitor')).toEqual([]);
  });

  test('the quota of the namespace has room for it', () => {
    const many = { gateways: { market: nginx({ scaling: fixed(40) }) } };
    const memory = (scaling: Scaling) =>
      quantityValue(objectNamed(render(scaling, many), 'ResourceQuota', 'market').spec.hard['requests.memory']);
    expect(memory(steps({ idle })) - memory(steps())).toBeGreaterThanOrEqual(40 * quantityValue('128Mi'));
  });
});

describe('is refused', () => {
  const refused = (system: ReturnType<typeof market>, props: Parameters<typeof environmentWith>[0] = {}) =>
    problemsOf(() => objectsOf({ environment: environmentWith(props), systems: [system] }));

  test.each([
    ['an Ingress', exposures.ingress],
    ['a NodePort', exposures.nodePort],
    ['an HTTPRoute', exposures.gateway],
  ])('a way in that cannot wait: %s', (_, exposure) => {
    expect(refused(market(steps({ idle })), { exposure: [exposure] })).toEqual([
      'kiosk.scaling.idle: got {"after":"10m"}; allowed: a gateway in front of kiosk, which waits for it: an Ingress, an HTTPRoute or a NodePort cannot; fix: add gateways: { market: nginx() } to test, or delete idle',
    ]);
  });

  test('what nobody could wake', () => {
    const stranger = defineService({ ...of, contract: till.contract, scaling: fixed(1) }) as Service;
    const allowed =
      'somebody who wakes kiosk and always has pods: a service that calls it, or a gateway in front of it; fix: delete idle, or that of those who call it';
    expect(refused(market(steps({ idle }), { exposed: false, caller: stranger }))).toEqual([
      `kiosk.scaling.idle: got {"after":"10m"}; allowed: ${allowed}`,
    ]);
    expect(refused(market(steps({ idle }), { exposed: false }))).toEqual([]);
  });

  test('an environment that lets a service sleep which nobody waits for', () => {
    expect(
      refused(market(steps()), { gateways, overrides: { market: { till: { scaling: steps({ idle }) } } } }),
    ).toEqual([
      'test.overrides.market.till.scaling.idle: got {"after":"10m"}; allowed: no idle, as the contract of till has no coldStart; fix: add it there, or delete idle: whoever calls it must know that it may have to wait',
      'test.overrides.market.till.scaling.idle: got {"after":"10m"}; allowed: somebody who wakes till and always has pods: a service that calls it, or a gateway in front of it; fix: delete idle, or that of those who call it',
    ]);
  });
});
