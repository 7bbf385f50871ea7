import type { Environment } from '../../model/index.ts';
import type { Placement } from '../placement.ts';
import { certManager } from './cert-manager.ts';
import type { HelmValues } from './helm-values.ts';
import { keda } from './keda.ts';
import { kubePrometheusStack } from './kube-prometheus-stack.ts';
import { loki } from './loki.ts';
import { opentelemetryCollector } from './opentelemetry-collector.ts';
import { prometheusAdapter } from './prometheus-adapter.ts';
import { tempo } from './tempo.ts';

/** What the add-ons are told that services of an environment rely on. @param placements all of the environment's */
export function addonValues(environment: Environment, placements: readonly Placement[]): HelmValues[] {
  return [
    kubePrometheusStack(environment),
    prometheusAdapter(environment, placements),
    keda(environment, placements),
    certManager(environment),
    opentelemetryCollector(environment),
    tempo(environment),
    loki(environment),
  ].filter((each) => each !== undefined);
}
