import { describe, expect, test } from 'vitest';
import { environmentWith, minimalService, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';

// Who may reach whom is in test/connectivity.test.ts, computed over whole systems; here is what it cannot see: UDP, and where DNS is.
describe('DNS is reached over UDP and TCP', () => {
  const cases: [where: string, dns: Parameters<typeof environmentWith>[0], peer: object, port: number][] = [
    [
      'minimal props: at the pods that nearly every cluster has',
      {},
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
      53,
    ],
    [
      'at pods of another name and port',
      { dns: { namespace: 'openshift-dns', port: 5353 } },
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } } },
      5353,
    ],
    ['at an address of the node', { dns: { address: '169.254.20.10' } }, { ipBlock: { cidr: '169.254.20.10/32' } }, 53],
  ];
  test.each(cases)('%s', (_, props, peer, port) => {
    const objects = objectsOf({ environment: environmentWith(props), systems: [systemOf(minimalService())] });
    expect(objectNamed(objects, 'NetworkPolicy', 'minimal').spec.egress).toEqual([
      {
        to: [peer],
        ports: [
          { protocol: 'UDP', port },
          { protocol: 'TCP', port },
        ],
      },
    ]);
  });
});

describe('where traces are recorded', () => {
  const tracing = {
    endpoint: 'http://otel-collector.monitoring.svc:4318',
    sampled: 0.25,
    collector: { namespace: 'monitoring', labels: { app: 'collector' } },
  };
  const objects = () => objectsOf({ environment: environmentWith({ tracing }), systems: [systemOf(minimalService())] });

  test('pods reach the collector, at its port alone', () => {
    const { egress } = objectNamed(objects(), 'NetworkPolicy', 'minimal').spec;
    expect(egress).toHaveLength(2);
    expect(egress).toContainEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
          podSelector: { matchLabels: { app: 'collector' } },
        },
      ],
      ports: [{ protocol: 'TCP', port: 4318 }],
    });
  });

  test('they are told so in the words of OpenTelemetry', () => {
    const { env } = objectNamed(objects(), 'Deployment', 'minimal').spec.template.spec.containers[0];
    const { name: environmentName } = environmentWith({});
    expect(env).toEqual(
      expect.arrayContaining([
        { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: tracing.endpoint },
        { name: 'OTEL_TRACES_SAMPLER', value: 'parentbased_traceidratio' },
        { name: 'OTEL_TRACES_SAMPLER_ARG', value: '0.25' },
        {
          name: 'OTEL_RESOURCE_ATTRIBUTES',
          value: `service.namespace=${systemOf(minimalService()).name},deployment.environment.name=${environmentName}`,
        },
      ]),
    );
  });

  test('without a collector they are told nothing', () => {
    const plain = objectsOf({ environment: environmentWith({}), systems: [systemOf(minimalService())] });
    expect(JSON.stringify(plain)).not.toContain('OTEL_');
  });
});
