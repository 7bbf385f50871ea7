import type { KubernetesObject } from '../rendered-chart.ts';
import { containerPort, portsOf } from './container-ports.ts';
import type { Selector } from './label-index.ts';
import type { Finding, RenderedCheck } from './rendered-check.ts';
import type { RenderedCluster } from './rendered-cluster.ts';

/** What holds between what selects pods and the pods. */
export const selectorChecks: readonly RenderedCheck[] = [
  { name: 'selector', find: vainSelectors },
  { name: 'service-port', find: vainServicePorts },
];

/**
 * The labels of pods that the cluster's own software makes in our namespaces: a selector for them finds nothing here, and is right.
 * @see https://cert-manager.io/docs/configuration/acme/http01/
 */
const labelsOfOthers = ['acme.cert-manager.io/http01-solver'];

interface Selecting {
  readonly object: KubernetesObject;
  /** Where the selector stands. */
  readonly at: string;
  /** Without one it selects nothing. */
  readonly selector: Selector | undefined;
}

function vainSelectors(cluster: RenderedCluster): Finding[] {
  const vain = selecting(cluster).filter(({ object, selector }) => {
    return !selector || cluster.workloadsSelected(selector, object.metadata.namespace).length === 0;
  });
  const strangers = cluster.workloads.filter(({ object, selector }) => {
    return (
      selector && !cluster.workloadsSelected(selector, object.metadata.namespace).some((each) => each.object === object)
    );
  });
  return [
    ...vain.map(({ object, at, selector }) => ({
      object,
      at,
      got: selector?.matchLabels ?? selector,
      allowed: "labels of its namespace's pods",
      fix: "take labels of the pods' template, or give the template these",
    })),
    ...strangers.map(({ object, selector }) => ({
      object,
      at: 'spec.selector',
      got: selector?.matchLabels ?? selector,
      allowed: 'labels of its own pods',
      fix: "leave the labels of the selector in the pods' template, and add others beside them",
    })),
  ];
}

function selecting(cluster: RenderedCluster): Selecting[] {
  return [
    ...cluster.all('/Service').flatMap((object): Selecting[] => {
      // It stands for a name elsewhere.
      if (object.spec?.type === 'ExternalName') return [];
      const matchLabels = object.spec?.selector;
      return [{ object, at: 'spec.selector', selector: matchLabels && { matchLabels } }];
    }),
    ...cluster.all('policy/PodDisruptionBudget').map((object): Selecting => {
      return { object, at: 'spec.selector', selector: object.spec?.selector };
    }),
    ...cluster.all('networking.k8s.io/NetworkPolicy').flatMap((object): Selecting[] => {
      const selector = object.spec?.podSelector ?? {};
      const labels = Object.keys(selector.matchLabels ?? {});
      // An empty one is for all pods, also where there are none yet.
      if (labels.length === 0 && !selector.matchExpressions?.length) return [];
      if (labels.some((label) => labelsOfOthers.includes(label))) return [];
      return [{ object, at: 'spec.podSelector', selector }];
    }),
  ];
}

function vainServicePorts(cluster: RenderedCluster): Finding[] {
  return cluster.all('/Service').flatMap((object) => {
    const { selector: matchLabels, ports = [] } = object.spec ?? {};
    const pods = matchLabels ? cluster.workloadsSelected({ matchLabels }, object.metadata.namespace) : [];
    // That it selects none is a finding of its own.
    if (pods.length === 0) return [];
    const containers = pods.flatMap((workload) => workload.containers.map(({ container }) => container));
    return ports.flatMap(({ port = 0, targetPort = port, protocol }, index) => {
      if (containers.some((container) => containerPort(container, targetPort, protocol) !== undefined)) return [];
      return [
        {
          object,
          at: `spec.ports[${index}].targetPort`,
          got: targetPort,
          allowed: `a port of its pods: ${portsOf(containers)}`,
          fix: 'correct it, or declare the port on the container',
        },
      ];
    });
  });
}
