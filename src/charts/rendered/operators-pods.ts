import { operatorsLabels, operatorsPorts } from '../cloud-native-pg.ts';
import type { KubernetesObject } from '../rendered-chart.ts';
import type { Labels } from './label-index.ts';

/** Pods that an operator makes of one of our objects. */
export interface OperatorsPods {
  readonly object: KubernetesObject;
  readonly labels: Labels;
  /** Their port that has a name. */
  readonly port: { readonly name: string; readonly containerPort: number };
}

const { metricsName: name, instanceMetrics, poolerMetrics } = operatorsPorts;

/** By the kind that CloudNativePG makes them of. */
const podsOfKind = new Map<string, Omit<OperatorsPods, 'object'>>([
  ['Cluster', { labels: operatorsLabels.instance, port: { name, containerPort: instanceMetrics } }],
  ['Pooler', { labels: operatorsLabels.pooler, port: { name, containerPort: poolerMetrics } }],
]);

/** What selectors find besides the pods that we render. What else these pods are is the operator's to say, so no check of pods looks at them. */
export function operatorsPods(objects: readonly KubernetesObject[]): OperatorsPods[] {
  return objects.flatMap((object) => {
    const pods = object.apiVersion.startsWith('postgresql.cnpg.io/') ? podsOfKind.get(object.kind) : undefined;
    return pods ? [{ object, ...pods }] : [];
  });
}
