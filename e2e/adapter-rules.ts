import { Yaml } from 'cdk8s';
import type { AdapterRule } from '../src/charts/observability/adapter-rules.ts';
import { kubectl, rollout, tryKubectl } from './kubectl.ts';

/** Where the cluster's prometheus-adapter is: the namespace, and the name of its ConfigMap and its Deployment. */
const place = process.env['E2E_PROMETHEUS_ADAPTER'] ?? 'monitoring/prometheus-adapter';
const [namespace = '', name = ''] = place.split('/');
const configMap = ['configmap', name, '-n', namespace];
const key = 'config.yaml';

/** Keeps what was there before, beside it: a run that was killed leaves it to the next. */
const keptIn = 'trellis.dev/e2e-kept';

interface Config {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Gives the cluster's prometheus-adapter these rules and no others, as a Helm release with `rules: { default: false, custom }` does.
 *
 * @returns what gives it back those that it had; undefined where the cluster has no such adapter
 */
export async function useAdapterRules(rules: readonly AdapterRule[]): Promise<(() => Promise<void>) | undefined> {
  const { exitCode, stdout } = await tryKubectl(['get', ...configMap, '-o', 'json']);
  if (exitCode !== 0) return undefined;
  const { metadata, data } = JSON.parse(stdout) as Config;
  const before = metadata.annotations?.[keptIn] ?? data?.[key];
  if (before === undefined) return undefined;
  await write(Yaml.stringify({ rules }), before);
  return () => write(before, null);
}

/** Why tests of it are skipped. */
export const noAdapter = `this cluster has no ConfigMap ${place} with ${key}, so no prometheus-adapter; E2E_PROMETHEUS_ADAPTER names another`;

async function write(text: string, kept: string | null): Promise<void> {
  const patch = { metadata: { annotations: { [keptIn]: kept } }, data: { [key]: text } };
  await kubectl(['patch', ...configMap, '--type=merge', '--patch', JSON.stringify(patch)]);
  // It reads them once, at its start.
  await kubectl(['rollout', 'restart', `deployment/${name}`, '-n', namespace]);
  await rollout(namespace, name);
}
