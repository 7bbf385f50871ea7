import { kitPaths, type Service } from '../../model/index.ts';
import { containerPort, portsOf } from './container-ports.ts';
import type { Finding, RenderedCheck } from './rendered-check.ts';
import type { PlacedContainer, RenderedCluster } from './rendered-cluster.ts';

/** Each probe asks what answers, and no program of ours goes without. */
export const probeCheck: RenderedCheck = { name: 'probe', find: vainProbes };

const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;
type ProbeName = (typeof probes)[number];

function vainProbes(cluster: RenderedCluster): Finding[] {
  const services = new Map(cluster.services.map((service): [string, Service] => [service.name, service]));
  return cluster.workloads.flatMap(({ object, containers, selector }) =>
    containers.flatMap((placed) => {
      // Our own programs run in containers of their services' names, and answer what their contracts say.
      const own = services.get(placed.container.name ?? '');
      // A Job ends by itself, so nobody has to ask how it is.
      const isWatched = own !== undefined && selector !== undefined && !placed.isInit;
      return probes.flatMap((name) => {
        const finding = vainProbe(placed, name, own, isWatched);
        return finding ? [{ ...finding, object, at: `${placed.at}.${name}${finding.at}` }] : [];
      });
    }),
  );
}

function vainProbe(
  { container }: PlacedContainer,
  name: ProbeName,
  own: Service | undefined,
  isWatched: boolean,
): Omit<Finding, 'object'> | undefined {
  const probe = container[name];
  if (!probe) {
    return isWatched
      ? { at: '', got: undefined, allowed: 'a probe', fix: 'leave it as the workload sets it' }
      : undefined;
  }
  const kind = (['httpGet', 'tcpSocket', 'grpc'] as const).find((each) => probe[each]);
  const given = kind && probe[kind]?.port;
  if (given === undefined) return undefined;
  const port = containerPort(container, given);
  if (port === undefined) {
    const allowed = `a port of the container: ${portsOf([container])}`;
    return { at: `.${kind}.port`, got: given, allowed, fix: 'correct it, or declare the port on the container' };
  }
  if (!own || !probe.httpGet) return undefined;
  if (port !== own.contract.port) {
    const allowed = `the port of ${own.name}: ${own.contract.port}`;
    return { at: '.httpGet.port', got: given, allowed, fix: 'leave it as the workload sets it' };
  }
  const { path = '/' } = probe.httpGet;
  const served = servedBy(own);
  if (served.some((template) => isAt(template, path))) return undefined;
  return {
    at: '.httpGet.path',
    got: path,
    allowed: `a path that ${own.name} serves: ${served.join(' | ')}`,
    fix: `ask ${kitPaths.health} whether it is alive, and ${kitPaths.ready} whether it may get requests`,
  };
}

/** The paths that a service answers to GET. */
function servedBy({ contract }: Service): string[] {
  const routes = Object.values(contract.routes).filter(({ method }) => method === 'GET');
  return [...Object.values(kitPaths), ...routes.map(({ path }) => path)];
}

/** Whether a path, with a query or without, is one that a route's template stands for. */
function isAt(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.replace(/\?.*/, '').split('/');
  return given.length === wanted.length && wanted.every((part, at) => part.startsWith(':') || part === given[at]);
}
