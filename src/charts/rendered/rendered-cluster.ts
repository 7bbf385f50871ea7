import type { Cluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster';
import type { Pooler } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler';
import type { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { k8s } from 'cdk8s-plus-27';
import type { Environment, Service } from '../../model/index.ts';
import type { BarmanObjectStoreProps } from '../constructs/barman-object-store.ts';
import type { KubernetesObject, RenderedChart } from '../rendered-chart.ts';
import { LabelIndex, type Labels, type Selector } from './label-index.ts';
import { operatorsPods } from './operators-pods.ts';
import type { Rendered } from './rendered.ts';

/** The kinds that the checks read, by API group and kind. */
interface Kinds {
  '/Pod': k8s.KubePodProps;
  '/Service': k8s.KubeServiceProps;
  '/ServiceAccount': k8s.KubeServiceAccountProps;
  'apps/DaemonSet': k8s.KubeDaemonSetProps;
  'apps/Deployment': k8s.KubeDeploymentProps;
  'apps/ReplicaSet': k8s.KubeReplicaSetProps;
  'apps/StatefulSet': k8s.KubeStatefulSetProps;
  'autoscaling/HorizontalPodAutoscaler': k8s.KubeHorizontalPodAutoscalerV2Props;
  'barmancloud.cnpg.io/ObjectStore': Pick<BarmanObjectStoreProps, 'spec'>;
  'batch/CronJob': k8s.KubeCronJobProps;
  'batch/Job': k8s.KubeJobProps;
  'keda.sh/ScaledObject': Pick<ScaledObject, 'spec'>;
  'monitoring.coreos.com/PodMonitor': Pick<PodMonitor, 'spec'>;
  'monitoring.coreos.com/PrometheusRule': Pick<PrometheusRule, 'spec'>;
  'monitoring.coreos.com/ServiceMonitor': Pick<ServiceMonitor, 'spec'>;
  'networking.k8s.io/NetworkPolicy': k8s.KubeNetworkPolicyProps;
  'policy/PodDisruptionBudget': k8s.KubePodDisruptionBudgetProps;
  'postgresql.cnpg.io/Cluster': Pick<Cluster, 'spec'>;
  'postgresql.cnpg.io/Pooler': Pick<Pooler, 'spec'>;
}

/** The kinds of apps/v1 that keep a number of pods, all written alike. */
const controllers = ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'] as const;

export type Found<Kind extends keyof Kinds> = KubernetesObject & Rendered<Kinds[Kind]>;
export type Pod = Rendered<k8s.PodSpec> & { readonly hostIPC?: boolean; readonly hostPID?: boolean };
export type Container = Rendered<k8s.Container>;

/** What makes pods, of whatever kind it is. */
export interface Workload {
  readonly object: KubernetesObject;
  /** Where the pods' spec stands in it, such as `spec.template.spec`. */
  readonly at: string;
  readonly labels: Labels;
  readonly pod: Pod;
  /** Its init containers and containers. */
  readonly containers: readonly PlacedContainer[];
  /** The number of pods it is told to keep. @default - not told */
  readonly replicas?: number | undefined;
  /** What it takes for its own pods. @default - not told */
  readonly selector?: Selector | undefined;
}

export interface PlacedContainer {
  readonly container: Container;
  /** Where it stands in the object, such as `spec.template.spec.containers[0]`. */
  readonly at: string;
  readonly isInit: boolean;
}

export interface RenderedClusterProps {
  readonly charts: readonly RenderedChart[];
  readonly services: readonly Service[];
  readonly environment: Environment;
}

/** All rendered objects together, as a cluster would find them. */
export class RenderedCluster {
  /** The services that the systems declare, whatever was made of them. */
  readonly services: readonly Service[];
  readonly environment: Environment;
  readonly workloads: readonly Workload[];
  /** All that an object is in; undefined for what is in none. */
  readonly namespaces: readonly (string | undefined)[];
  readonly #byKind: ReadonlyMap<string, readonly KubernetesObject[]>;
  readonly #byName: ReadonlyMap<string, Workload>;
  readonly #workloadsByLabel = new LabelIndex<Workload>();
  readonly #servicesByLabel = new LabelIndex<Found<'/Service'>>();

  constructor({ charts, services, environment }: RenderedClusterProps) {
    this.services = services;
    this.environment = environment;
    const objects = charts.flatMap((chart) => chart.objects);
    this.namespaces = [...new Set(objects.map(({ metadata }) => metadata.namespace))];
    this.#byKind = Map.groupBy(objects, kindOf);
    this.workloads = [
      ...controllers.flatMap((kind) => this.#controllers(kind)),
      ...this.all('batch/Job').map((object) => workload(object, 'spec.template.spec', object.spec?.template)),
      ...this.all('batch/CronJob').map((object) =>
        workload(object, 'spec.jobTemplate.spec.template.spec', object.spec?.jobTemplate?.spec?.template),
      ),
      ...this.all('/Pod').map((object) => workload(object, 'spec', object)),
    ];
    this.#byName = new Map(
      this.workloads.map((each) => [
        keyOf(each.object.metadata.namespace, each.object.kind, each.object.metadata.name),
        each,
      ]),
    );
    for (const each of this.workloads) this.#workloadsByLabel.add(each, each.object.metadata.namespace, each.labels);
    for (const { object, labels, port } of operatorsPods(objects)) {
      const template = { metadata: { labels }, spec: { containers: [{ ports: [port] }] } };
      this.#workloadsByLabel.add(workload(object, 'spec', template), object.metadata.namespace, labels);
    }
    for (const each of this.all('/Service')) {
      this.#servicesByLabel.add(each, each.metadata.namespace, each.metadata.labels);
    }
  }

  /** The objects of a kind, of whatever version. */
  all<Kind extends keyof Kinds>(kind: Kind): readonly Found<Kind>[] {
    return (this.#byKind.get(kind) ?? []) as readonly Found<Kind>[];
  }

  /** The workloads whose pods a selector takes, those included that an operator makes of our objects. */
  workloadsSelected(selector: Selector, namespace: string | undefined): readonly Workload[] {
    return this.#workloadsByLabel.selected(selector, namespace);
  }

  /** The Services that a selector takes. */
  servicesSelected(selector: Selector, namespace: string | undefined): readonly Found<'/Service'>[] {
    return this.#servicesByLabel.selected(selector, namespace);
  }

  workloadNamed(kind: string, name: string, namespace: string | undefined): Workload | undefined {
    return this.#byName.get(keyOf(namespace, kind, name));
  }

  #controllers(kind: (typeof controllers)[number]): Workload[] {
    // One type for all four: of what is read here only DaemonSets lack a field, which is then undefined.
    return this.all(`apps/${kind}` as 'apps/Deployment').map((object) => ({
      ...workload(object, 'spec.template.spec', object.spec?.template),
      replicas: object.spec?.replicas,
      selector: object.spec?.selector,
    }));
  }
}

function kindOf({ apiVersion, kind }: KubernetesObject): string {
  return `${apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : ''}/${kind}`;
}

function keyOf(namespace: string | undefined, kind: string, name: string): string {
  return `${namespace ?? ''}/${kind}/${name}`;
}

function workload(
  object: KubernetesObject,
  at: string,
  template: Rendered<Pick<k8s.PodTemplateSpec, 'metadata' | 'spec'>> = {},
): Workload {
  const pod = template.spec ?? {};
  const placed = (field: 'initContainers' | 'containers') =>
    (pod[field] ?? []).map((container, index) => ({
      container,
      at: `${at}.${field}[${index}]`,
      isInit: field === 'initContainers',
    }));
  const containers = [...placed('initContainers'), ...placed('containers')];
  return { object, at, labels: template.metadata?.labels ?? {}, pod, containers };
}
