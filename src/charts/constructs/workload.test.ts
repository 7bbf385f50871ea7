import { describe, expect, test } from 'vitest';
import { environmentWith, fullService, minimalService, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';

const { service, callee } = fullService();
const full = objectsOf({
  environment: environmentWith({
    images: { repository: 'registry.example.com/shop', tag: '1.2.3', pullPolicy: 'Always', pullSecrets: ['registry'] },
  }),
  systems: [systemOf(service, callee)],
});
const minimal = objectsOf({ environment: environmentWith(), systems: [systemOf(minimalService())] });

describe('minimal props', () => {
  const { spec } = objectNamed(minimal, 'Deployment', 'minimal');
  const pod = spec.template.spec;
  const [container] = pod.containers;

  test('a fixed number of pods stands in the Deployment', () => {
    expect(spec.replicas).toBe(1);
  });

  test('the defaults are written out', () => {
    expect(container.resources).toEqual({
      requests: { cpu: '50m', memory: '160Mi', 'ephemeral-storage': '64Mi' },
      limits: { memory: '256Mi', 'ephemeral-storage': '64Mi' },
    });
    // 5 s of drain delay, 20 s of drain and 5 s for closing.
    expect(pod.terminationGracePeriodSeconds).toBe(30);
    expect(container.startupProbe.failureThreshold * container.startupProbe.periodSeconds).toBe(60);
    expect(container.imagePullPolicy).toBe('IfNotPresent');
    expect(pod).not.toHaveProperty('imagePullSecrets');
  });

  // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
  test('the pods meet Pod Security "restricted"', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.securityContext.runAsUser).toBeGreaterThanOrEqual(10_000);
    expect(pod.securityContext.runAsGroup).toBeGreaterThanOrEqual(10_000);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.volumes.every((volume: object) => 'emptyDir' in volume)).toBe(true);
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(key);
  });

  test('no token and no variables of other Services reach the container', () => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.enableServiceLinks).toBe(false);
    expect(objectNamed(minimal, 'ServiceAccount', 'minimal').automountServiceAccountToken).toBe(false);
    expect(pod.serviceAccountName).toBe('minimal');
  });

  test('pods spread where they can and never wait for it', () => {
    expect(pod.topologySpreadConstraints.map((each: { topologyKey: string }) => each.topologyKey)).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    for (const each of pod.topologySpreadConstraints) {
      expect(each).toMatchObject({
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: spec.selector.matchLabels },
      });
    }
    expect(pod.affinity.podAntiAffinity).not.toHaveProperty('requiredDuringSchedulingIgnoredDuringExecution');
  });

  test('a rollout never has fewer pods than wanted', () => {
    expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: '25%', maxUnavailable: 0 });
  });
});

describe('all props', () => {
  const { spec, metadata } = objectNamed(full, 'Deployment', 'full');
  const pod = spec.template.spec;
  const [container] = pod.containers;

  test('the number of pods is left to the autoscaler', () => {
    expect(spec).not.toHaveProperty('replicas');
  });

  test('every limit of the declaration is in the pod', () => {
    expect(container.resources).toEqual({
      requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
      limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '1Gi' },
    });
    expect(pod.terminationGracePeriodSeconds).toBe(3 + 12 + 5);
    expect(container.startupProbe.failureThreshold).toBe(30);
    expect(container).toMatchObject({ image: 'registry.example.com/shop/full:1.2.3', imagePullPolicy: 'Always' });
    expect(pod.imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  test('the process is told where its peers are, and secrets by reference', () => {
    expect(container.env).toEqual([
      { name: 'SERVICE_VERSION', value: '1.2.3' },
      { name: 'CALLEE_URL', value: 'http://callee:3001' },
      { name: 'WEATHER_URL', value: 'https://weather.example.com:8443/v1' },
      { name: 'MAPS_URL', value: 'https://maps.example.com' },
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'full-database', key: 'url' } } },
      { name: 'REDIS_URL', valueFrom: { secretKeyRef: { name: 'full-redis', key: 'url' } } },
      { name: 'OBJECTS_URL', value: 'http://objects:7070/full?region=us-east-1' },
      { name: 'OBJECTS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 'full-objects', key: 'access-key-id' } } },
      {
        name: 'OBJECTS_SECRET_ACCESS_KEY',
        valueFrom: { secretKeyRef: { name: 'full-objects', key: 'secret-access-key' } },
      },
      { name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'weather', key: 'api-key' } } },
    ]);
  });

  test('probes, Service and container agree on the ports by name', () => {
    const service = objectNamed(full, 'Service', 'full');
    expect(container.ports).toEqual([
      { name: 'http', containerPort: 3000, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9464, protocol: 'TCP' },
    ]);
    expect(service.spec.ports).toMatchObject([
      { name: 'http', port: 3000, targetPort: 'http' },
      { name: 'metrics', port: 9464, targetPort: 'metrics' },
    ]);
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      expect(container[probe].httpGet.port).toBe('http');
  });

  test('the selector is one label that no release changes', () => {
    expect(spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'full' });
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(metadata.labels).toMatchObject({
      'app.kubernetes.io/version': '1.2.3',
      'app.kubernetes.io/part-of': 'shop',
      'trellis.dev/owner': 'team',
    });
  });
});
