import { App, Chart, Yaml } from 'cdk8s';
import { DeclarationError, type Environment, type Exposure, type System } from '../model/index.ts';
import { Autoscaling } from './constructs/autoscaling.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { Namespace } from './constructs/namespace.ts';
import { NetworkAccess } from './constructs/network-access.ts';
import { GatewayEntrance, IngressEntrance, NodePortEntrance } from './constructs/routing.ts';
import { Workload } from './constructs/workload.ts';
import type { Extension } from './extension.ts';
import { type Placement, place } from './placement.ts';

/** The objects of one file of `dist/`. */
export interface RenderedChart {
  /** The file's name without its ending. */
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

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
const layers = { namespace: '00', service: '10', routing: '20', customResource: '90' } as const;

/**
 * All the objects of systems in an environment, one chart a file.
 *
 * @throws DeclarationError when the environment and the systems contradict each other
 */
export function renderPlatform({ environment, systems, extensions = {} }: PlatformProps): RenderedChart[] {
  const placements = place(environment, systems);
  refuseStrayExtensions(extensions, placements);
  const charts = systems.flatMap((system) => [
    render(`${layers.namespace}-${system.name}`, (chart) => new Namespace(chart, 'namespace', { system, environment })),
    ...placements
      .filter((placement) => placement.system === system)
      .flatMap((placement) => [
        render(`${layers.service}-${system.name}-${placement.service.name}`, (chart) =>
          serviceObjects(chart, placement, extensions),
        ),
        render(
          `${layers.customResource}-${system.name}-${placement.service.name}-monitoring`,
          (chart) => new Monitoring(chart, 'monitoring', placement),
        ),
      ]),
    ...environment.exposure.map((exposure) =>
      render(
        `${exposure.kind === 'gateway' ? layers.customResource : layers.routing}-${system.name}-${routingNames[exposure.kind]}`,
        (chart) => entranceObjects(chart, system, environment, exposure),
      ),
    ),
  ]);
  const rendered = charts.filter((chart) => chart.objects.length > 0);
  refuseDuplicates(rendered);
  return rendered;
}

const routingNames: Readonly<Record<Exposure['kind'], string>> = {
  ingress: 'ingress',
  nodePort: 'node-port',
  gateway: 'gateway',
};

/** A chart's objects as the text of its file. */
export function toYaml(chart: RenderedChart): string {
  return Yaml.stringify(...chart.objects);
}

function serviceObjects(chart: Chart, placement: Placement, extensions: Readonly<Record<string, Extension>>): void {
  const workload = new Workload(chart, 'workload', placement);
  new Autoscaling(chart, 'autoscaling', placement);
  new NetworkAccess(chart, 'network-access', placement);
  extensions[placement.service.name]?.({ chart, workload, environment: placement.environment });
}

function entranceObjects(chart: Chart, system: System, environment: Environment, exposure: Exposure): void {
  for (const entrance of system.entrances) {
    const props = { system, environment, entrance };
    if (exposure.kind === 'ingress') new IngressEntrance(chart, entrance.host, { ...props, exposure });
    else if (exposure.kind === 'gateway') new GatewayEntrance(chart, entrance.host, { ...props, exposure });
    else if (entrance.nodePort !== undefined) new NodePortEntrance(chart, entrance.host, { ...props, exposure });
  }
}

/** An App for each chart: the time of one App with many charts grows with the square of their number. */
function render(name: string, build: (chart: Chart) => unknown): RenderedChart {
  const chart = new Chart(new App(), name, { disableResourceNameHashes: true });
  build(chart);
  const errors = chart.node
    .findAll()
    .flatMap((construct) => construct.node.validate().map((message) => `${construct.node.path}: ${message}`));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return { name, objects: chart.toJson() as KubernetesObject[] };
}

function refuseStrayExtensions(
  extensions: Readonly<Record<string, Extension>>,
  placements: readonly Placement[],
): void {
  const names = new Set<string>(placements.map((placement) => placement.service.name));
  const stray = Object.keys(extensions).filter((name) => !names.has(name));
  if (stray.length === 0) return;
  const allowed = `the name of a service: ${[...names].join(', ')}`;
  throw new DeclarationError(
    stray.map((name) => ({
      path: `src/charts/extensions/${name}.ts`,
      got: name,
      allowed,
      fix: 'name the file after its service, or delete it',
    })),
  );
}

/** The last of two objects of one name would overwrite the first in the cluster, in silence. */
function refuseDuplicates(charts: readonly RenderedChart[]): void {
  const seen = new Map<string, string>();
  const problems = charts.flatMap((chart) =>
    chart.objects.flatMap(({ apiVersion, kind, metadata: { name, namespace } }) => {
      const key = [apiVersion.replace(/\/.*/, ''), kind, namespace ?? '', name].join(' ');
      const first = seen.get(key);
      seen.set(key, chart.name);
      if (first === undefined) return [];
      return [
        {
          path: `${chart.name}.k8s.yaml`,
          got: `${kind} ${name}`,
          allowed: `a name that ${first}.k8s.yaml does not have`,
          fix: 'rename one of the two',
        },
      ];
    }),
  );
  if (problems.length > 0) throw new DeclarationError(problems);
}
