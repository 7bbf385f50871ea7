import { expect, test } from 'vitest';
import type { Metric } from '../../../model/index.ts';
import * as catalogues from './index.ts';

const prefixes: Readonly<Record<keyof typeof catalogues, string>> = {
  certManager: 'certmanager_',
  cloudNativePg: 'cnpg_',
  keda: 'keda_',
  kubeStateMetrics: 'kube_',
  kubelet: 'kubelet_',
  nodeProcess: '',
  prometheus: '',
};

const entries = Object.entries(catalogues).flatMap(([catalogue, metrics]) =>
  Object.entries<Metric>(metrics).map(([key, metric]) => ({
    catalogue: catalogue as keyof typeof catalogues,
    key,
    metric,
  })),
);

// Whoever reads an expression finds the metric by its name, and the other way round.
test.each(entries)('$metric.name is $catalogue.$key', ({ catalogue, key, metric: { name } }) => {
  const barman = name.replace(/^barman_cloud_cloudnative_pg_io_/, 'barman_');
  const bare = barman.startsWith(prefixes[catalogue]) ? barman.slice(prefixes[catalogue].length) : barman;
  expect(key).toBe(bare.toLowerCase().replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
});

test('each metric stands in one catalogue alone', () => {
  const names = entries.map(({ metric }) => metric.name);
  expect(new Set(names).size).toBe(names.length);
});
