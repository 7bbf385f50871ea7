import { expect, test } from 'vitest';
import { BarmanObjectStore, type BarmanObjectStoreProps } from './barman-object-store.ts';

const spec: BarmanObjectStoreProps['spec'] = {
  configuration: { destinationPath: 's3://copies', wal: { compression: 'gzip' } },
  retentionPolicy: '30d',
  instanceSidecarConfiguration: { env: [], resources: { requests: {}, limits: {} } },
};
const metadata = { name: 'copies', namespace: 'shop', labels: {} };

test('is an object of the plugin', () => {
  const store = new BarmanObjectStore({ metadata, spec });
  expect(() => store.validate()).not.toThrow();
  expect(store.toJSON()).toEqual({ apiVersion: 'barmancloud.cnpg.io/v1', kind: 'ObjectStore', metadata, spec });
});

test.each<[what: string, spec: BarmanObjectStoreProps['spec'], message: RegExp]>([
  ['no place', { ...spec, configuration: {} as { destinationPath: string } }, /destinationPath/],
  [
    'a number of writers below one',
    { ...spec, configuration: { ...spec.configuration, wal: { maxParallel: 0 } } },
    /maxParallel/,
  ],
  ['a time that it does not know', { ...spec, retentionPolicy: '30 days' }, /retentionPolicy: 30 days does not fit/],
])('refuses %s', (_what, broken, message) => {
  expect(() => new BarmanObjectStore({ metadata, spec: broken }).validate()).toThrow(message);
});
