import { App, Chart, type ChartProps } from 'cdk8s';
import {
  DeclarationError,
  type Environment,
  type Exposure,
  type Problem,
  type StoreKind,
  type System,
} from '../model/index.ts';
import { contradictions, duplicates } from './checks.ts';
import { Autoscaling } from './constructs/autoscaling.ts';
import { Database } from './constructs/database.ts';
import { KeyValueStore } from './constructs/key-value-store.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { Namespace } from './constructs/namespace.ts';
import { NetworkAccess } from './constructs/network-access.ts';
import { ObjectStore } from './constructs/object-store.ts';
import { CertificateChallenge, GatewayEntrance, IngressEntrance, NodePortEntrance } from './constructs/routing.ts';
import { Workload } from './constructs/workload.ts';
import type { Extension } from './extension.ts';
import { inClusterStores, serviceLabels } from './identity.ts';
import { type Placement, place } from './placement.ts';
import type { KubernetesObject, RenderedChart } from './rendered-chart.ts';
import { renderedProblems } from './rendered-checks.ts';
import { storeProblems } from './store-problems.ts';

export interface PlatformProps {
  readonly environment: Environment;
  readonly systems: readonly System[];
  /** What single services add to their own objects, by the service's name. @default - nothing */
  readonly extensions?: Readonly<Record<string, Extension>>;
}

/**
 * `kubectl apply -f` takes files in the order of their names: first the namespaces, then what lives in them, and last the kinds that a
 * CustomResourceDefinition adds, so that a cluster without those definitions still gets all the rest.
 */
const layers = { namespace: '00', service: '10', entrances: '20', customResource: '90' } as const;

/**
 * All the objects of systems in an environment, one chart a file.
 *
 * @throws DeclarationError when the environment and the systems contradict each other, or an object breaks what every object keeps
 */
export function renderPlatform({ environment, systems, extensions = {} }: PlatformProps): RenderedChart[] {
  refuse(contradictions(environment, systems, extensions));
  const placements = place(environment, systems);
  refuse(storeProblems(environment, placements));
  // The parts of a name are joined by dots, which no name of a system or service has: no two charts can have one name.
  const charts = systems.flatMap((system) => [
    ...render(layers.namespace, system.name, {}, (chart) => new Namespace(chart, 'namespace', { system, environment })),
    ...placements
      .filter((placement) => placement.system === system)
      .flatMap((placement) =>
        render(
          layers.service,
          `${system.name}.${placement.service.name}`,
          { namespace: system.name, labels: serviceLabels(placement) },
          (chart) => serviceObjects(chart, placement, extensions),
        ),
      ),
    ...storeCharts(
      system,
      environment,
      placements.filter((placement) => placement.system === system),
    ),
    ...environment.exposure.flatMap((exposure) =>
      render(
        layers.entrances,
        `${system.name}.entrances.${exposure.kind === 'nodePort' ? 'node-port' : exposure.kind}`,
        {},
        (chart) => entranceObjects(chart, system, environment, exposure),
      ),
    ),
  ]);
  refuse([...duplicates(charts), ...renderedProblems({ charts, systems, environment })]);
  return charts;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new DeclarationError(problems);
}

function serviceObjects(chart: Chart, placement: Placement, extensions: Readonly<Record<string, Extension>>): void {
  const workload = new Workload(chart, 'workload', placement);
  new Autoscaling(chart, 'autoscaling', placement);
  new NetworkAccess(chart, 'network-access', placement);
  new Monitoring(chart, 'monitoring', placement);
  extensions[placement.service.name]?.({ chart, workload, environment: placement.environment });
}

/** The stores that run in the cluster, for those who use them. */
function storeCharts(system: System, environment: Environment, placements: readonly Placement[]): RenderedChart[] {
  const { database, keyValue, objects } = environment.stores;
  const usersOf = (kind: StoreKind) => placements.filter(({ service }) => service.uses[kind]);
  const chart = (kind: StoreKind, build: (chart: Chart, users: readonly Placement[]) => unknown) => {
    const users = usersOf(kind);
    if (users.length === 0) return [];
    return render(layers.service, `${system.name}.${inClusterStores[kind].name}`, {}, (chart) => build(chart, users));
  };
  return [
    ...(database?.kind === 'postgres'
      ? chart(
          'database',
          (scope, users) => new Database(scope, 'database', { system, environment, store: database, users }),
        )
      : []),
    ...(keyValue?.kind === 'redis'
      ? chart(
          'keyValue',
          (scope, users) => new KeyValueStore(scope, 'key-value', { system, environment, store: keyValue, users }),
        )
      : []),
    ...(objects?.kind === 'versitygw'
      ? chart(
          'objects',
          (scope, users) => new ObjectStore(scope, 'objects', { system, environment, store: objects, users }),
        )
      : []),
  ];
}

function entranceObjects(chart: Chart, system: System, environment: Environment, exposure: Exposure): void {
  for (const entrance of system.entrances) {
    const props = { system, environment, entrance };
    if (exposure.kind === 'ingress') new IngressEntrance(chart, entrance.host, { ...props, exposure });
    else if (exposure.kind === 'gateway') new GatewayEntrance(chart, entrance.host, { ...props, exposure });
    else if (entrance.nodePort !== undefined) new NodePortEntrance(chart, entrance.host, { ...props, exposure });
  }
  if (exposure.kind === 'ingress' && exposure.clusterIssuer && system.entrances.length > 0) {
    new CertificateChallenge(chart, 'certificate-challenge', { system, environment, exposure });
  }
}

/**
 * Renders a chart: the cluster's own kinds in its layer, those of CRDs in the last one.
 *
 * An App for each chart: the time of one App with many charts grows with the square of their number.
 *
 * @param shared the namespace and labels of objects that name none themselves
 */
function render(
  layer: string,
  name: string,
  shared: Pick<ChartProps, 'namespace' | 'labels'>,
  build: (chart: Chart) => unknown,
): RenderedChart[] {
  const chart = new Chart(new App(), name, { ...shared, disableResourceNameHashes: true });
  build(chart);
  const errors = chart.node
    .findAll()
    .flatMap((construct) => construct.node.validate().map((message) => `${construct.node.path}: ${message}`));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const objects = chart.toJson() as KubernetesObject[];
  return [
    { name: `${layer}-${name}`, objects: objects.filter(isBuiltIn) },
    { name: `${layers.customResource}-${name}`, objects: objects.filter((object) => !isBuiltIn(object)) },
  ].filter((part) => part.objects.length > 0);
}

/** The API groups that every cluster has. */
const builtInGroups = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'policy',
  ...['coordination', 'discovery', 'networking', 'node', 'rbac.authorization', 'scheduling', 'storage'].map(
    (group) => `${group}.k8s.io`,
  ),
]);

function isBuiltIn({ apiVersion }: KubernetesObject): boolean {
  const [group = '', version] = apiVersion.split('/');
  return builtInGroups.has(version === undefined ? '' : group);
}
