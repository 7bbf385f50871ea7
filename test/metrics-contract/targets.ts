import type { Manifest } from '../objects.ts';
import type { Series } from './series.ts';

type Labels = Readonly<Record<string, string>>;
type Scrapes = Readonly<Record<string, readonly Series[]>>;

/** What Prometheus scrapes by one endpoint of a monitor: the labels of the target, and the program that answers. */
interface Target {
  readonly labels: Labels;
  readonly program: string;
  readonly endpoint: Manifest;
}

/**
 * What Prometheus has of all programs that the ServiceMonitors and PodMonitors of an environment find: their scrapes with the labels of the target, as the monitor
 * changes them, and whether each was reached.
 *
 * @param scrapes by the name of the container
 * @throws Error where a monitor finds no pod of ours, or one whose scrape is not given
 */
export function scrapedTargets(objects: readonly Manifest[], scrapes: Scrapes): Series[] {
  return targetsOf(objects).flatMap(({ labels, program, endpoint }) => {
    const scrape = scrapes[program];
    if (!scrape) throw new Error(`no scrape of ${program}; there are: ${Object.keys(scrapes).join(', ')}`);
    return [{ name: 'up', labels }, ...scrape.map((series) => withTarget(series, labels, endpoint))];
  });
}

/** As Prometheus does where the scrape's own labels are not honoured: the target's win, and the metric's own are kept beside them. */
function withTarget({ name, labels: own }: Series, target: Labels, endpoint: Manifest): Series {
  if (endpoint.honorLabels)
    throw new Error('a monitor that honours labels: teach test/metrics-contract/targets.ts what that leaves');
  const renamed = Object.entries(own).map(([label, value]) => [label in target ? `exported_${label}` : label, value]);
  const labels = { ...Object.fromEntries(renamed), ...target };
  for (const { action, regex, ...rest } of endpoint.metricRelabelings ?? []) {
    if (action !== 'labeldrop')
      throw new Error(`${action} ${JSON.stringify(rest)}: teach test/metrics-contract/targets.ts what it does`);
    for (const label of Object.keys(labels)) if (new RegExp(`^(?:${regex})$`).test(label)) delete labels[label];
  }
  return { name, labels };
}

function targetsOf(objects: readonly Manifest[]): Target[] {
  const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
  const selected = (
    among: readonly Manifest[],
    namespace: string,
    selector: Labels,
    labelsOf: (each: Manifest) => Labels,
  ) =>
    among.filter(
      (each) =>
        each.metadata.namespace === namespace &&
        Object.entries(selector).every(([key, value]) => labelsOf(each)[key] === value),
    );
  const ofServices = objects
    .filter(({ kind }) => kind === 'ServiceMonitor')
    .flatMap(({ metadata: { namespace }, spec }) =>
      selected(
        objects.filter(({ kind }) => kind === 'Service'),
        namespace,
        spec.selector.matchLabels,
        ({ metadata }) => metadata.labels,
      ).flatMap((service) =>
        selected(workloads, namespace, service.spec.selector, podLabels).flatMap((workload) =>
          spec.endpoints.flatMap((endpoint: Manifest) => {
            const port = service.spec.ports.find(({ name }: Manifest) => name === endpoint.port)?.targetPort;
            const job = service.metadata.labels[spec.jobLabel] ?? service.metadata.name;
            return targets(workload, { endpoint, port, labels: { service: service.metadata.name, job } });
          }),
        ),
      ),
    );
  const ofPods = objects
    .filter(({ kind }) => kind === 'PodMonitor')
    .flatMap(({ metadata: { name, namespace }, spec }) =>
      selected(workloads, namespace, spec.selector.matchLabels, podLabels).flatMap((workload) =>
        spec.podMetricsEndpoints.flatMap((endpoint: Manifest) => {
          const job = podLabels(workload)[spec.jobLabel] ?? `${namespace}/${name}`;
          return targets(workload, { endpoint, port: endpoint.port, labels: { job } });
        }),
      ),
    );
  return [...ofServices, ...ofPods];
}

function podLabels({ spec }: Manifest): Labels {
  return spec.template.metadata.labels;
}

function targets(workload: Manifest, props: { endpoint: Manifest; port: string; labels: Labels }): Target[] {
  const { endpoint, port, labels } = props;
  const { containers, initContainers = [] } = workload.spec.template.spec;
  return [...containers, ...initContainers]
    .filter(({ ports = [] }: Manifest) => ports.some(({ name }: Manifest) => name === port))
    .map(({ name: container }: Manifest) => ({
      program: container,
      endpoint,
      labels: {
        ...labels,
        namespace: workload.metadata.namespace,
        pod: `${workload.metadata.name}-5d9c7f6b4-x2x7q`,
        container,
        endpoint: endpoint.port,
        instance: '10.0.0.7:9464',
        ...Object.fromEntries((endpoint.relabelings ?? []).map(relabelled)),
      },
    }));
}

function relabelled({ action, replacement, targetLabel, ...rest }: Manifest): [string, string] {
  if (action !== 'replace' || Object.keys(rest).length > 0)
    throw new Error(`${action} ${JSON.stringify(rest)}: teach test/metrics-contract/targets.ts what it does`);
  return [targetLabel, replacement];
}
