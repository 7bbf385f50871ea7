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
