import { expect, test } from 'vitest';
import { environmentWith, minimalService, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';

const objects = objectsOf({ environment: environmentWith(), systems: [systemOf(minimalService())] });

test('the namespace admits restricted pods only', () => {
  expect(objectNamed(objects, 'Namespace', 'shop').metadata.labels).toMatchObject({
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/audit': 'restricted',
    'pod-security.kubernetes.io/warn': 'restricted',
  });
});

test('what no policy allows is denied, both ways, for every pod', () => {
  expect(objectNamed(objects, 'NetworkPolicy', 'default-deny').spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
  });
});

test('the namespace is applied before what lives in it', () => {
  expect(objects[0]).toMatchObject({ kind: 'Namespace' });
});
