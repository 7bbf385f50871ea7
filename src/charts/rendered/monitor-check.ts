import { containerPort, portsOf } from './container-ports.ts';
import type { Finding, RenderedCheck } from './rendered-check.ts';
import type { Container, Found, RenderedCluster } from './rendered-cluster.ts';

/** Prometheus picks every monitor and rule up, and finds something to scrape there. */
export const monitorCheck: RenderedCheck = {
  name: 'monitor',
  find: (cluster) => [
    ...ignored(cluster),
    ...cluster.all('monitoring.coreos.com/ServiceMonitor').flatMap((object) => vainServiceMonitor(object, cluster)),
    ...cluster.all('monitoring.coreos.com/PodMonitor').flatMap((object) => vainPodMonitor(object, cluster)),
  ],
};

type ServiceMonitor = Found<'monitoring.coreos.com/ServiceMonitor'>;
type PodMonitor = Found<'monitoring.coreos.com/PodMonitor'>;

function ignored(cluster: RenderedCluster): Finding[] {
  const { release } = cluster.environment.monitoring;
  return (['ServiceMonitor', 'PodMonitor', 'PrometheusRule'] as const)
    .flatMap((kind) => cluster.all(`monitoring.coreos.com/${kind}`))
    .filter(({ metadata }) => metadata.labels?.['release'] !== release)
    .map((object) => ({
      object,
      at: 'metadata.labels.release',
      got: object.metadata.labels?.['release'],
      allowed: `${release}, by which Prometheus finds it`,
      fix: 'set it from environment.monitoring.release',
    }));
}

function vainServiceMonitor(object: ServiceMonitor, cluster: RenderedCluster): Finding[] {
  const { selector = {}, endpoints = [] } = object.spec ?? {};
  const services = namespacesOf(object, cluster).flatMap((each) => cluster.servicesSelected(selector, each));
  if (services.length === 0) return [selectsNone(object, 'labels of a Service')];
  const ports = services.flatMap((service) => (service.spec?.ports ?? []).map(({ name }) => name));
  return endpoints.flatMap(({ port, targetPort }, index) => {
    const at = `spec.endpoints[${index}]`;
    if (port !== undefined) {
      if (ports.includes(port)) return [];
      const allowed = `a port of its Services: ${[...new Set(ports)].join(', ')}`;
      return [{ object, at: `${at}.port`, got: port, allowed, fix: 'correct the name' }];
    }
    const pods = services.flatMap(({ spec, metadata }) =>
      spec?.selector ? cluster.workloadsSelected({ matchLabels: spec.selector }, metadata.namespace) : [],
    );
    return vainPort(object, `${at}.targetPort`, targetPort, pods);
  });
}

function vainPodMonitor(object: PodMonitor, cluster: RenderedCluster): Finding[] {
  const { selector = {}, podMetricsEndpoints = [] } = object.spec ?? {};
  const pods = namespacesOf(object, cluster).flatMap((each) => cluster.workloadsSelected(selector, each));
  if (pods.length === 0) return [selectsNone(object, 'labels of a pod')];
  return podMetricsEndpoints.flatMap(({ port, portNumber }, index) => {
    const key = port === undefined ? 'portNumber' : 'port';
    return vainPort(object, `spec.podMetricsEndpoints[${index}].${key}`, port ?? portNumber, pods);
  });
}

function vainPort(
  object: Finding['object'],
  at: string,
  got: string | number | undefined,
  pods: readonly { readonly containers: readonly { readonly container: Container }[] }[],
): Finding[] {
  const containers = pods.flatMap((pod) => pod.containers.map(({ container }) => container));
  if (got !== undefined && containers.some((each) => containerPort(each, got) !== undefined)) return [];
  return [{ object, at, got, allowed: `a port of its pods: ${portsOf(containers)}`, fix: 'correct it' }];
}

function selectsNone(object: ServiceMonitor | PodMonitor, what: string): Finding {
  const { selector } = object.spec ?? {};
  return {
    object,
    at: 'spec.selector',
    got: selector?.matchLabels ?? selector,
    allowed: `${what} in the namespaces that it looks in`,
    fix: 'correct the labels, or its namespaceSelector',
  };
}

/** The namespaces that a monitor looks in: its own unless it names others. */
function namespacesOf(
  { metadata, spec }: ServiceMonitor | PodMonitor,
  cluster: RenderedCluster,
): readonly (string | undefined)[] {
  const { any, matchNames = [] } = spec?.namespaceSelector ?? {};
  if (any) return cluster.namespaces;
  return matchNames.length > 0 ? matchNames : [metadata.namespace];
}
