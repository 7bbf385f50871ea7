import { describe, expect, test } from 'vitest';
import { environmentWith, exposures, fullService, minimalService, systemOf } from '../../../test/declarations.ts';
import { mall, mallEnvironment } from '../../../test/gateway/shop.ts';
import { type Manifest, objectNamed, objectsOf } from '../../../test/objects.ts';
import { cpu, nginx } from '../../model/index.ts';

const { service, callee } = fullService();
const pods = { 'app.kubernetes.io/name': 'gateway' };

/** The files of the gateway's pods. */
function filesOf(objects: readonly Manifest[]): Manifest {
  const { spec } = objectNamed(objects, 'Deployment', 'gateway').spec.template;
  return objectNamed(objects, 'ConfigMap', spec.volumes[0].configMap.name).data;
}

describe('minimal props', () => {
  const objects = objectsOf({
    environment: environmentWith({ gateways: { shop: nginx() } }),
    systems: [systemOf(minimalService())],
  });
  const { spec } = objectNamed(objects, 'Deployment', 'gateway');
  const [container] = spec.template.spec.containers;

  test('two pods that may do nothing but write to one folder', () => {
    expect(spec.replicas).toBe(2);
    expect(spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      serviceAccountName: 'gateway',
      securityContext: { runAsUser: 10_001, runAsNonRoot: true },
    });
    expect(container).toMatchObject({
      image: 'nginxinc/nginx-unprivileged:1.29',
      securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      volumeMounts: [
        { name: 'config', readOnly: true },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    });
    expect(objectNamed(objects, 'ServiceAccount', 'gateway').automountServiceAccountToken).toBe(false);
  });

  test('its probes ask a port that no Service has', () => {
    for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe])
      expect(probe.httpGet.port).toBe('health');
    const targets = objects
      .filter(({ kind, spec }) => kind === 'Service' && spec.selector['app.kubernetes.io/name'] === 'gateway')
      .flatMap(({ spec: { ports } }) => ports.map((port: { targetPort: string }) => port.targetPort));
    expect(targets).toEqual(['http']);
  });

  test('an alert that the Prometheus of the environment reads', () => {
    const { metadata, spec } = objectNamed(objects, 'PrometheusRule', 'gateway');
    expect(metadata.labels['release']).toBe('kps');
    expect(spec.groups[0].rules.map(({ alert }: Manifest) => alert)).toEqual(['GatewayDegraded']);
  });

  test('a budget, and no autoscaler', () => {
    expect(objectNamed(objects, 'PodDisruptionBudget', 'gateway').spec.selector).toEqual({ matchLabels: pods });
    expect(objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler')).toEqual([]);
  });

  test('the Ingress leads to it, by one path', () => {
    expect(objectNamed(objects, 'Ingress', 'shop').spec.rules).toEqual([
      {
        host: 'shop.test',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'gateway', port: { name: 'http' } } } }],
        },
      },
    ]);
  });

  test('a service admits it in place of the controller', () => {
    const [first] = objectNamed(objects, 'NetworkPolicy', 'minimal').spec.ingress;
    expect(first).toEqual({ from: [{ podSelector: { matchLabels: pods } }], ports: [{ protocol: 'TCP', port: 3000 }] });
  });
});

describe('all props', () => {
  const gateways = {
    shop: nginx({
      image: 'registry.example.com/nginx:1.29.4',
      scaling: cpu({ min: 3, max: 9, cpu: 60 }),
      resources: { cpu: '1', cpuLimit: '2', memory: '1Gi', memoryLimit: '2Gi', ephemeralStorage: '3Gi' },
      rate: { perSecond: 7, burst: 11 },
      requestsAtOnce: 13,
      routeRates: false,
      trustedProxies: ['10.1.0.0/16'],
    }),
  };
  const exposure = [
    exposures.ingress,
    exposures.nodePort,
    { ...exposures.loadBalancer, annotations: { 'cloud.example/scheme': 'internal' } },
    exposures.gateway,
  ];
  const environment = environmentWith({ exposure, gateways });
  const objects = objectsOf({ environment, systems: [systemOf(service, callee)] });
  const { spec } = objectNamed(objects, 'Deployment', 'gateway');
  const config = filesOf(objects);

  test('its pods are as they are declared, and scale', () => {
    expect(spec).not.toHaveProperty('replicas');
    expect(spec.template.spec.containers[0]).toMatchObject({
      image: 'registry.example.com/nginx:1.29.4',
      resources: {
        requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '3Gi' },
        limits: { cpu: '2', memory: '2Gi', 'ephemeral-storage': '3Gi' },
      },
    });
    expect(objectNamed(objects, 'HorizontalPodAutoscaler', 'gateway').spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 9,
      scaleTargetRef: { kind: 'Deployment', name: 'gateway' },
    });
  });

  test('each way in has a port of its own, and each Service leads to one', () => {
    const targetOf = (name: string) => objectNamed(objects, 'Service', name).spec;
    expect(targetOf('gateway')).toMatchObject({ type: 'ClusterIP', ports: [{ port: 80, targetPort: 'http' }] });
    expect(targetOf('shop-node-port')).toMatchObject({
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      selector: pods,
      ports: [{ port: 80, targetPort: 'node-port-0', nodePort: 30_100 }],
    });
    expect(targetOf('gateway-load-balancer')).toMatchObject({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      selector: pods,
      ports: [{ port: 80, targetPort: 'load-balancer' }],
    });
    expect(objectNamed(objects, 'Service', 'gateway-load-balancer').metadata.annotations).toEqual({
      'cloud.example/scheme': 'internal',
    });
    expect(objectNamed(objects, 'HTTPRoute', 'shop').spec.rules).toEqual([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [{ name: 'gateway', port: 80 }],
      },
    ]);
    const ports = Object.fromEntries(
      spec.template.spec.containers[0].ports.map((port: { name: string; containerPort: number }) => [
        port.name,
        port.containerPort,
      ]),
    );
    expect(ports).toEqual({ http: 8080, 'load-balancer': 8081, 'node-port-0': 8100, health: 8090 });
  });

  test('controllers reach their port alone, anybody those of node and load balancer, and it only what exposes something', () => {
    const policy = objectNamed(objects, 'NetworkPolicy', 'gateway').spec;
    expect(policy.ingress).toEqual([
      { from: [expect.anything(), expect.anything()], ports: [{ protocol: 'TCP', port: 8080 }] },
      {
        ports: [
          { protocol: 'TCP', port: 8081 },
          { protocol: 'TCP', port: 8100 },
        ],
      },
    ]);
    expect(policy.egress).toEqual([
      expect.objectContaining({
        to: [expect.objectContaining({ podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } })],
      }),
      {
        to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'full' } } }],
        ports: [{ protocol: 'TCP', port: 3000 }],
      },
    ]);
  });

  test('the proxies that are named are believed at every port, in place of all private networks', () => {
    const trusting = config['nginx.conf'].match(/set_real_ip_from .*/g);
    expect(trusting).toEqual(Array(3).fill('set_real_ip_from 10.1.0.0/16;'));
    expect(config['nginx.conf']).toContain('rate=7r/s');
    expect(config['nginx.conf']).toContain('burst=11 nodelay');
    expect(config['nginx.conf']).toContain('limit_conn clients 13;');
  });

  test('its end is as long as the longest of those behind it', () => {
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(3 + 12 + 5);
    expect(config['nginx.conf']).toContain('worker_shutdown_timeout 12s;');
    expect(config['gateway.sh']).toContain('sleep 3\n');
  });

  test('a configuration that changes replaces the pods, and those of before keep theirs', () => {
    const changed = objectsOf({
      environment: environmentWith({
        exposure,
        gateways: { shop: nginx({ ...gateways.shop, rate: { perSecond: 8, burst: 11 } }) },
      }),
      systems: [systemOf(service, callee)],
    });
    const configMapOf = (all: typeof objects) => {
      const { metadata, spec } = objectNamed(all, 'Deployment', 'gateway').spec.template;
      const { name } = spec.volumes[0].configMap;
      expect(name).toBe(`gateway-${metadata.annotations['trellis.dev/config-hash']}`);
      return objectNamed(all, 'ConfigMap', name);
    };
    expect(configMapOf(changed).metadata.name).not.toBe(configMapOf(objects).metadata.name);
    expect(configMapOf(changed)).toMatchObject({ immutable: true });
  });
});

test('by NodePort and load balancer nobody is believed', () => {
  const environment = environmentWith({
    exposure: [exposures.nodePort, exposures.loadBalancer],
    gateways: { mall: nginx() },
  });
  const objects = objectsOf({ environment, systems: [mall] });
  expect(filesOf(objects)['nginx.conf']).not.toContain('set_real_ip_from');
  // Without a controller there is nobody for the Service of the cluster.
  expect(objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === 'gateway')).toEqual([]);
  const withIngress = objectsOf({ environment: mallEnvironment(), systems: [mall] });
  expect(filesOf(withIngress)['nginx.conf']).toContain('set_real_ip_from 10.0.0.0/8;');
});
