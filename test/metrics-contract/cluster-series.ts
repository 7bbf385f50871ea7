import type { Manifest } from '../objects.ts';
import type { Series } from './series.ts';

/** An object as the exporters of a cluster name it. */
type Identity = Readonly<Record<string, string>>;

/** The labels by which an exporter says of which object it speaks. One of which an environment has no object keeps its series out. */
const identities: Readonly<Record<string, (objects: readonly Manifest[]) => Identity[]>> = {
  persistentvolumeclaim: (objects) => [
    ...named(objects, 'PersistentVolumeClaim', 'persistentvolumeclaim'),
    ...objects.flatMap(({ kind, metadata: { name, namespace }, spec }) =>
      kind === 'StatefulSet'
        ? (spec.volumeClaimTemplates ?? []).map(({ metadata }: Manifest) => ({
            namespace,
            persistentvolumeclaim: `${metadata.name}-${name}-0`,
          }))
        : [],
    ),
    ...clustersOf(objects).map(({ namespace, pod }) => ({ namespace, persistentvolumeclaim: pod })),
  ],
  job_name: (objects) => [
    ...named(objects, 'Job', 'job_name'),
    ...named(objects, 'CronJob', 'job_name').map((job) => ({ ...job, job_name: `${job['job_name']}-29384756` })),
  ],
  deployment: (objects) => named(objects, 'Deployment', 'deployment'),
  statefulset: (objects) => named(objects, 'StatefulSet', 'statefulset'),
  cronjob: (objects) => named(objects, 'CronJob', 'cronjob'),
  scaledObject: (objects) => named(objects, 'ScaledObject', 'scaledObject'),
  horizontalpodautoscaler: (objects) => [
    ...named(objects, 'HorizontalPodAutoscaler', 'horizontalpodautoscaler'),
    ...objects.flatMap(({ kind, metadata: { name, namespace }, spec }) =>
      kind === 'ScaledObject'
        ? [
            {
              namespace,
              horizontalpodautoscaler: spec.advanced?.horizontalPodAutoscalerConfig?.name ?? `keda-hpa-${name}`,
            },
          ]
        : [],
    ),
  ],
};

/** What a series says of a cluster, and no manifest. */
const onlyThere = ['uid', 'node', 'host_ip', 'pod_ip', 'internal_ip', 'created_by_name', 'owner_name'];

/** The labels of the exporter itself, as kube-prometheus-stack has it scraped: where the metric has them too, its own count. */
const exporters = [
  { prefix: 'kube_', target: { job: 'kube-state-metrics', service: null, instance: null, endpoint: null } },
  { prefix: 'kubelet_', target: { job: 'kubelet', metrics_path: '/metrics', node: null, instance: null } },
  { prefix: 'keda_', target: { job: null, service: null, instance: null, endpoint: null } },
  { prefix: 'certmanager_', target: { job: null, service: null, instance: null, endpoint: null } },
];

/**
 * What the exporters of a cluster say, as they would say it of an environment's objects: which metrics there are and which labels of which values they have is
 * recorded, the objects are those that are rendered.
 */
export function clusterSeries(objects: readonly Manifest[], recorded: readonly Series[]): Series[] {
  return recorded.flatMap(({ name, labels }) => {
    const unknown = Object.keys(labels).filter((label) => onlyThere.includes(label));
    const target = exporters.find(({ prefix }) => name.startsWith(prefix))?.target;
    return objectsFor(name, labels, objects).map((identity) => ({
      name,
      labels: { ...target, ...labels, ...Object.fromEntries(unknown.map((label) => [label, null])), ...identity },
    }));
  });
}

function objectsFor(name: string, labels: Series['labels'], objects: readonly Manifest[]): Identity[] {
  if (name.startsWith('cnpg_') || name.startsWith('barman_')) return clustersOf(objects);
  if (name.startsWith('certmanager_')) return certificatesOf(objects);
  if ('pod' in labels) return podsOf(objects, name, 'container' in labels);
  const found = Object.keys(identities).find((label) => label in labels);
  if (found) return identities[found]?.(objects) ?? [];
  return /^kube_namespace_/.test(name)
    ? objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => ({ namespace: metadata.name }))
    : [{}];
}

function named(objects: readonly Manifest[], kind: string, label: string): Identity[] {
  return objects
    .filter((object) => object.kind === kind)
    .map(({ metadata: { name, namespace } }) => ({ namespace, [label]: name }));
}

/** The servers of CloudNativePG, with the labels of a PodMonitor's target. */
function clustersOf(objects: readonly Manifest[]): { namespace: string; pod: string }[] {
  return objects
    .filter(({ kind }) => kind === 'Cluster')
    .map(({ metadata: { name, namespace } }) => ({
      ...{ namespace, pod: `${name}-1`, container: 'postgres', endpoint: 'metrics' },
      ...{ job: `${namespace}/${name}`, instance: '10.0.0.8:9187' },
    }));
}

/** Those that are declared, and those that cert-manager makes for an Ingress that asks for them. */
function certificatesOf(objects: readonly Manifest[]): Identity[] {
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress');
  return [
    ...named(objects, 'Certificate', 'name'),
    ...ingresses.flatMap(({ metadata: { namespace }, spec }) =>
      (spec.tls ?? []).map(({ secretName }: Manifest) => ({ namespace, name: secretName })),
    ),
  ];
}

function podsOf(objects: readonly Manifest[], metric: string, byContainer: boolean): Identity[] {
  return objects.flatMap(({ kind, metadata: { name, namespace }, spec }) => {
    const pod = {
      Deployment: `${name}-5d9c7f6b4-x2x7q`,
      StatefulSet: `${name}-0`,
      CronJob: `${name}-29384756-k8s5p`,
      Job: `${name}-k8s5p`,
      Cluster: `${name}-1`,
    }[kind as string];
    if (!pod) return [];
    if (!byContainer) return [{ namespace, pod }];
    const template = kind === 'CronJob' ? spec.jobTemplate.spec.template : spec.template;
    const { containers = [{ name: 'postgres' }], initContainers = [] } = template?.spec ?? {};
    const those: Manifest[] = metric.startsWith('kube_pod_init_container_') ? initContainers : containers;
    return those.map((container) => ({ namespace, pod, container: container.name }));
  });
}
