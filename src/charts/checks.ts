import type { Contract, Environment, Exposure, Problem, System } from '../model/index.ts';
import { type Leak, leaks, stolenRoutes } from './exposed-paths.ts';
import type { Extension } from './extension.ts';
import type { RenderedChart } from './rendered-chart.ts';

/** What systems and an environment contradict each other in. Each would else be a fault that the cluster keeps to itself. */
export function contradictions(
  environment: Environment,
  systems: readonly System[],
  extensions: Readonly<Record<string, Extension>>,
): Problem[] {
  return [
    ...strayExtensions(extensions, systems),
    ...sharedEntrances(environment, systems),
    ...environment.exposure.flatMap((exposure) =>
      systems.flatMap((system) => [...openedTooWide(exposure, system, environment), ...takenPaths(exposure, system)]),
    ),
  ];
}

function strayExtensions(extensions: Readonly<Record<string, Extension>>, systems: readonly System[]): Problem[] {
  const names = systems.flatMap((system) => system.services.map((service): string => service.name));
  return Object.keys(extensions)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: `src/charts/extensions/${name}.ts`,
      got: name,
      allowed: `the name of a service: ${[...new Set(names)].join(', ')}`,
      fix: 'name the file after its service, or delete it',
    }));
}

/** Hosts and NodePorts belong to the cluster, so two systems cannot both have one. */
function sharedEntrances(environment: Environment, systems: readonly System[]): Problem[] {
  const byNodePort = environment.exposure.some((each) => each.kind === 'nodePort');
  const taken = new Map<string, string>();
  return systems.flatMap(({ name, entrances }) =>
    entrances.flatMap(({ host, nodePort }, index) => {
      const claims = [
        { key: 'host', value: host },
        ...(byNodePort && nodePort ? [{ key: 'nodePort', value: nodePort }] : []),
      ];
      return claims.flatMap(({ key, value }) => {
        const path = `${name}.entrances[${index}].${key}`;
        const owner = taken.get(`${key} ${value}`);
        taken.set(`${key} ${value}`, owner ?? path);
        if (owner === undefined) return [];
        return [
          {
            path,
            got: value,
            allowed: `a ${key} that ${owner} does not have`,
            fix: 'choose another in one of the two',
          },
        ];
      });
    }),
  );
}

/** A NodePort is left out: that it opens all is what its name says. */
function openedTooWide({ kind }: Exposure, system: System, environment: Environment): Problem[] {
  if (kind === 'nodePort') return [];
  const router = kind === 'ingress' ? 'an Ingress' : 'an HTTPRoute';
  return system.entrances.flatMap(({ services }, index) =>
    services.flatMap(({ name, contract }, place) =>
      leaks(contract, kind).map((leak) => ({
        path: `${system.name}.entrances[${index}].services[${place}]`,
        got: leak.exposed,
        // Here, as what was got is cut where it is long.
        allowed: `exposed routes by which ${router} lets no other route of ${name} through; ${leak.exposed} lets ${leak.opened} through`,
        fix: isOfMethod(leak, contract) ? fixOfMethod(leak, environment) : fixOfPath(leak),
      })),
    ),
  );
}

/** Services behind one host, of which one takes what is meant for another. */
function takenPaths({ kind }: Exposure, system: System): Problem[] {
  if (kind === 'nodePort') return [];
  return system.entrances.flatMap(({ host, services }, index) =>
    services.flatMap((service, place) =>
      services
        .filter((other) => other !== service)
        .flatMap((other) =>
          stolenRoutes(service.contract, other.contract, kind).map(({ route, by }) => ({
            path: `${system.name}.entrances[${index}].services[${place}]`,
            got: route,
            allowed: `exposed routes of ${service.name} that no other service on ${host} takes; ${by} of ${other.name} takes ${route}`,
            fix: 'start the paths of each service with a part of its own, such as its name',
          })),
        ),
    ),
  );
}

/** Whether a leak is there only because an Ingress cannot tell methods apart. */
function isOfMethod({ exposed, opened }: Leak, contract: Contract): boolean {
  return !leaks(contract, 'gateway').some((leak) => leak.exposed === exposed && leak.opened === opened);
}

function fixOfMethod({ exposed }: Leak, { name }: Environment): string {
  return `give ${exposed} a path that no other route shares, such as ${publicPath(exposed)}, as an Ingress cannot tell methods apart; or expose ${name} by a Gateway, which can: only environments with an Ingress refuse this`;
}

function fixOfPath({ exposed }: Leak): string {
  return `give ${exposed} a fixed path of its own that no other route shares, such as ${publicPath(exposed)}, as all below its fixed part is let through`;
}

/** @param route method and path */
function publicPath(route: string): string {
  return `/public${route.slice(route.indexOf('/'))}`;
}

/** Objects of one name in two places: the last would overwrite the first in the cluster. */
export function duplicates(charts: readonly RenderedChart[]): Problem[] {
  const seen = new Map<string, string>();
  return charts.flatMap((chart) =>
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
}
