import type { Environment, Exposure, Problem, System } from '../model/index.ts';
import { leaks } from './exposed-paths.ts';
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
    ...environment.exposure.flatMap((exposure) => systems.flatMap((system) => openedTooWide(exposure, system))),
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
function openedTooWide(exposure: Exposure, system: System): Problem[] {
  const { kind } = exposure;
  if (kind === 'nodePort') return [];
  return system.entrances.flatMap(({ services }, index) =>
    services.flatMap((service, place) =>
      leaks(service.contract, kind).map(({ exposed, opened }) => ({
        path: `${system.name}.entrances[${index}].services[${place}]`,
        got: `${service.name}, whose exposed ${exposed} also lets ${opened} through`,
        allowed: `exposed routes that ${kind === 'ingress' ? 'an Ingress' : 'an HTTPRoute'} can tell from all others of the service`,
        fix: 'give exposed routes a fixed path of their own that no other route shares, such as /public/:id',
      })),
    ),
  );
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
