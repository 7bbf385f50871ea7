import { App, Chart, type ChartProps } from 'cdk8s';
import {
  DeclarationError,
  type Environment,
  type Exposure,
  type Problem,
  type Quota,
  type StoreKind,
  type System,
} from '../model/index.ts';
import { backupProblems } from './backup-problems.ts';
import { contradictions, duplicates } from './checks.ts';
import { AlertRouting } from './constructs/alert-routing.ts';
import { Autoscaling } from './constructs/autoscaling.ts';
import { Backup } from './constructs/backup.ts';
import { BackupStore } from './constructs/backup-store.ts';
import { CloudNativePg } from './constructs/cloud-native-pg.ts';
import { dashboardObject } from './constructs/dashboard.ts';
import { Database } from './constructs/database.ts';
import { Gateway } from './constructs/gateway.ts';
import { KeyValueStore } from './constructs/key-value-store.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { Namespace } from './constructs/namespace.ts';
import { NamespaceQuota } from './constructs/namespace-quota.ts';
import { NetworkAccess } from './constructs/network-access.ts';
import { ObjectStore } from './constructs/object-store.ts';
import {
  CertificateChallenge,
  GatewayEntrance,
  IngressEntrance,
  LoadBalancerEntrances,
  NodePortEntrance,
} from './constructs/routing.ts';
import { serviceRules } from './constructs/service-rules.ts';
import { systemRules } from './constructs/system-rules.ts';
import { Workload } from './constructs/workload.ts';
import type { Extension } from './extension.ts';
import { backupName, backupStore, gatewayName, inClusterStores, serviceLabels } from './identity.ts';
import { namespaceQuotas } from './namespace-quotas.ts';
import { isBackedUp, type Placement, place } from './placement.ts';
import { RenderedCluster } from './rendered/rendered-cluster.ts';
import type { KubernetesObject, RenderedChart } from './rendered-chart.ts';
import { renderedProblems } from './rendered-checks.ts';
import { storeProblems } from './store-problems.ts';
import { systemDashboards } from './system-dashboards.ts';

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
const layers = { namespace: '00', service: '10', entrances: '20', dashboards: '30', customResource: '90' } as const;

/**
 * All the objects of systems in an environment, one chart a file.
 *
 * @throws DeclarationError when the environment and the systems contradict each other, or an object breaks what every object keeps
 */
export function renderPlatform({ environment, systems, extensions = {} }: PlatformProps): RenderedChart[] {
  refuse(contradictions(environment, systems, extensions));
  const placements = place(environment, systems);
  refuse([...storeProblems(environment, placements), ...backupProblems(environment, placements)]);
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
    ...backupCharts(system, environment, placements),
    ...render(layers.customResource, `${system.name}.rules`, {}, (chart) =>
      systemRules(chart, {
        system,
        environment,
        placements: placements.filter((placement) => placement.system === system),
      }),
    ),
    ...dashboardCharts(
      system,
      environment,
      placements.filter((placement) => placement.system === system),
    ),
    ...gatewayCharts(system, environment),
    ...alertRoutingCharts(system, environment),
    ...environment.exposure.flatMap((exposure) =>
      render(layers.entrances, `${system.name}.entrances.${fileParts[exposure.kind]}`, {}, (chart) =>
        entranceObjects(chart, system, environment, exposure),
      ),
    ),
  ]);
  const cluster = new RenderedCluster({ charts, services: systems.flatMap(({ services }) => services), environment });
  const { quotas, problems } = namespaceQuotas(environment, systems, cluster);
  const all = [...charts, ...quotaCharts(environment, quotas)];
  refuse([...duplicates(all), ...renderedProblems(charts, cluster), ...problems]);
  return all;
}

/** In files of their own: they follow from all that the other files have. */
function quotaCharts(environment: Environment, quotas: ReadonlyMap<System, Quota>): RenderedChart[] {
  return [...quotas].flatMap(([system, quota]) =>
    render(
      layers.namespace,
      `${system.name}.quota`,
      {},
      (chart) => new NamespaceQuota(chart, 'quota', { system, environment, quota }),
    ),
  );
}

/** The names of the ways in, as names of files. */
const fileParts: Readonly<Record<Exposure['kind'], string>> = {
  ingress: 'ingress',
  nodePort: 'node-port',
  loadBalancer: 'load-balancer',
  gateway: 'gateway',
};

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new DeclarationError(problems);
}

function serviceObjects(chart: Chart, placement: Placement, extensions: Readonly<Record<string, Extension>>): void {
  const workload = new Workload(chart, 'workload', placement);
  const { service, system, scaling, environment, wokenBy } = placement;
  const metadata = { name: service.name, namespace: system.name, labels: serviceLabels(placement) };
  new Autoscaling(chart, 'autoscaling', { metadata, scaling, environment, wokenBy });
  new NetworkAccess(chart, 'network-access', placement);
  new Monitoring(chart, 'monitoring', placement);
  serviceRules(chart, placement);
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
    ...(database?.kind === 'cloudnative-pg'
      ? chart(
          'database',
          (scope, users) => new CloudNativePg(scope, 'database', { system, environment, store: database, users }),
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

/** Each in a file of its own: they are long. */
function dashboardCharts(system: System, environment: Environment, placements: readonly Placement[]): RenderedChart[] {
  return systemDashboards(system, environment, placements).flatMap((dashboard) =>
    render(layers.dashboards, `${system.name}.dashboard.${dashboard.uid}`, {}, (chart) =>
      dashboardObject(chart, { system, environment, dashboard }),
    ),
  );
}

/** With the entrances, after the services: it starts once their names are known. */
function gatewayCharts(system: System, environment: Environment): RenderedChart[] {
  const gateway = environment.gateways[system.name];
  if (!gateway) return [];
  return render(
    layers.entrances,
    `${system.name}.${gatewayName}`,
    {},
    (chart) => new Gateway(chart, 'gateway', { system, environment, gateway }),
  );
}

/** Nothing where the whole configuration of Alertmanager says it: that is the cluster's, and no system's. */
function alertRoutingCharts(system: System, environment: Environment): RenderedChart[] {
  const { alerting } = environment;
  if (alerting?.kind !== 'alertmanagerConfig') return [];
  return render(
    layers.customResource,
    `${system.name}.alerts.routing`,
    {},
    (chart) => new AlertRouting(chart, 'routing', { system, environment, alerting }),
  );
}

/** The backups of a system's databases, and the store that keeps them where that runs in the cluster. */
function backupCharts(system: System, environment: Environment, placements: readonly Placement[]): RenderedChart[] {
  const { backups } = environment;
  const all = placements.filter(isBackedUp);
  const users = all.filter((placement) => placement.system === system);
  if (!backups || users.length === 0) return [];
  const { to } = backups;
  return [
    ...(to.kind === 'versitygw'
      ? render(
          layers.service,
          `${system.name}.${backupStore.name}`,
          {},
          (chart) => new BackupStore(chart, 'backups', { system, environment, store: to, users }),
        )
      : []),
    ...users.flatMap((placement) =>
      render(
        layers.service,
        `${system.name}.${backupName(placement.service.name)}`,
        {},
        (chart) => new Backup(chart, 'backup', { placement, backups, index: all.indexOf(placement) }),
      ),
    ),
  ];
}

function entranceObjects(chart: Chart, system: System, environment: Environment, exposure: Exposure): void {
  if (system.entrances.length === 0) return;
  if (exposure.kind === 'loadBalancer') {
    new LoadBalancerEntrances(chart, 'load-balancer', { system, environment, exposure });
    return;
  }
  for (const entrance of system.entrances) {
    const props = { system, environment, entrance };
    if (exposure.kind === 'ingress') new IngressEntrance(chart, entrance.host, { ...props, exposure });
    else if (exposure.kind === 'gateway') new GatewayEntrance(chart, entrance.host, { ...props, exposure });
    else if (entrance.nodePort !== undefined) new NodePortEntrance(chart, entrance.host, { ...props, exposure });
  }
  if (exposure.kind === 'ingress' && exposure.clusterIssuer) {
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
