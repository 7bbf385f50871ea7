import { expect, test } from 'vitest';
import { environmentWith, fullService, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';
import { runObjectStore } from '../../model/index.ts';

const { service, callee } = fullService();
const statefulSetOf = (environment = environmentWith()) =>
  objectNamed(objectsOf({ environment, systems: [systemOf(service, callee)] }), 'StatefulSet', 'objects');

test('minimal props: the volume is the store, and its account that of the one user', () => {
  const [container] = statefulSetOf().spec.template.spec.containers;
  expect(container.args.at(-1)).toBe(
    container.volumeMounts.find((each: { name: string }) => each.name === 'data').mountPath,
  );
  const key = (name: string) => ({ secretKeyRef: { name: 'full-objects', key: name } });
  expect(container.env).toEqual([
    { name: 'VGW_PORT', value: ':7070' },
    { name: 'VGW_HEALTH', value: '/healthz' },
    { name: 'ROOT_ACCESS_KEY_ID', valueFrom: key('access-key-id') },
    { name: 'ROOT_SECRET_ACCESS_KEY', valueFrom: key('secret-access-key') },
  ]);
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
    expect(container[probe].httpGet).toEqual({ path: '/healthz', port: 7070 });
});

test('all props', () => {
  const objects = runObjectStore({
    image: 'ghcr.io/versity/versitygw:v9.0.0',
    storage: '200Gi',
    storageClass: 'big',
    resources: { cpu: '1', memory: '1Gi' },
  });
  const set = statefulSetOf(environmentWith({ stores: { ...environmentWith().stores, objects } }));
  expect(set.spec.volumeClaimTemplates[0].spec).toMatchObject({
    storageClassName: 'big',
    resources: { requests: { storage: '200Gi' } },
  });
  expect(set.spec.template.spec.containers[0]).toMatchObject({
    image: 'ghcr.io/versity/versitygw:v9.0.0',
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
  });
});
