import {
  type Contract,
  type Environment,
  type Exposure,
  hasGateway,
  type NginxGateway,
  type Problem,
  type Service,
  type System,
} from '../model/index.ts';
import { type Leak, leaks, stolenRoutes } from './exposed-paths.ts';
import type { Extension } from './extension.ts';
import { gatewayServices } from './gateway/gateway-services.ts';
import { leastSpoolers, spooledBodies } from './gateway/spooled-bodies.ts';
import { gatewayName, systemDashboardNames } from './identity.ts';
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
    ...gatewayProblems(environment, systems),
    ...strayOwners(environment, systems),
    ...dashboardNames(systems),
    ...environment.exposure.flatMap((exposure) =>
      systems
        // A gateway tells methods and parameters apart, and what is in front of it leads everything to it.
        .filter((system) => !hasGateway(environment, system))
        .flatMap((system) => [...openedTooWide(exposure, system, environment), ...takenPaths(exposure, system)]),
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

/** Two dashboards would have one address in Grafana, and the last that it read would be shown. */
function dashboardNames(systems: readonly System[]): Problem[] {
  const taken: readonly string[] = systemDashboardNames;
  return systems.flatMap(({ name: system, services }) =>
    services.flatMap(({ name }, index) =>
      taken.includes(name)
        ? [
            {
              path: `${system}.services[${index}]`,
              got: name,
              allowed: `a name that no dashboard of a system has: not ${taken.join(', ')}`,
              fix: 'rename the service',
            },
          ]
        : [],
    ),
  );
}

/** Receivers for a team that owns nothing would never hear anything. */
function strayOwners({ name, alerting }: Environment, systems: readonly System[]): Problem[] {
  const owners = [...new Set(systems.flatMap(({ services }) => services.map(({ owner }): string => owner)))];
  return Object.keys(alerting?.owners ?? {})
    .filter((owner) => !owners.includes(owner))
    .map((owner) => ({
      path: `${name}.alerting.owners.${owner}`,
      got: owner,
      allowed: `the owner of a service: ${owners.join(', ')}`,
      fix: 'correct the name, or delete it',
    }));
}

/** Gateways that lead nowhere, and ways in that need one. */
function gatewayProblems(environment: Environment, systems: readonly System[]): Problem[] {
  const known = systems.map(({ name }) => name);
  const ways = new Set(environment.exposure.map(({ kind }) => kind));
  const fix = (name: string) => `add gateways: { ${name}: nginx() } to ${environment.name}`;
  return [
    ...Object.keys(environment.gateways)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        path: `${environment.name}.gateways.${name}`,
        got: name,
        allowed: known.join(' | '),
        fix: 'correct the name, or delete it',
      })),
    ...systems.flatMap((system): Problem[] => {
      const { name, services, entrances } = system;
      const gateway = environment.gateways[name];
      if (gateway) {
        const path = `${environment.name}.gateways.${name}`;
        const nowhere = entrances.length === 0;
        return [
          ...(nowhere
            ? [{ path, got: name, allowed: 'a system with an entrance', fix: 'add one, or delete it here' }]
            : []),
          ...fullDisk(path, gateway, gatewayServices(system)),
          ...services.flatMap((service, index) =>
            service.name === gatewayName
              ? [
                  {
                    path: `${name}.services[${index}]`,
                    got: service.name,
                    allowed: `a name other than ${gatewayName}, which the gateway of ${path} has`,
                    fix: 'rename the service',
                  },
                ]
              : [],
          ),
        ];
      }
      const balancer = environment.exposure.findIndex(({ kind }) => kind === 'loadBalancer');
      return [
        ...(balancer >= 0 && entrances.length > 0
          ? [
              {
                path: `${environment.name}.exposure[${balancer}]`,
                got: 'loadBalancer',
                allowed: `a gateway for ${name}: a load balancer knows neither hosts nor paths, and would lead to one service alone`,
                fix: `${fix(name)}, or expose it by ingress(...)`,
              },
            ]
          : []),
        ...(ways.has('nodePort')
          ? entrances.flatMap((entrance, index) =>
              entrance.nodePort !== undefined && entrance.services.length > 1
                ? [
                    {
                      path: `${name}.entrances[${index}].nodePort`,
                      got: entrance.nodePort,
                      allowed: `one service behind a NodePort, which knows no paths, or a gateway for ${name}`,
                      fix: `${fix(name)}, or delete nodePort, or give each service an entrance of its own`,
                    },
                  ]
                : [],
            )
          : []),
      ];
    }),
  ];
}

/** A disk that a few bodies fill: each of the clients that share it must get one on. @param path of the gateway */
function fullDisk(path: string, gateway: NginxGateway, services: readonly Service[]): Problem[] {
  const spooled = spooledBodies(gateway, services);
  if (!spooled || spooled.ofOneClient > 0) return [];
  const least = 2 * leastSpoolers * spooled.largest;
  return [
    {
      path: `${path}.resources.ephemeralStorage`,
      got: gateway.resources.ephemeralStorage,
      allowed: `at least ${Math.ceil(least / 2 ** 20)}Mi: bodies of up to ${spooled.largest / 1_024}Ki stand on half of it, and ${leastSpoolers} must fit`,
      fix: 'raise it, or lower bodyLimit of the services behind it',
    },
  ];
}

/** A NodePort is left out: that it opens all is what its name says. A load balancer has a gateway behind it. */
function openedTooWide({ kind }: Exposure, system: System, environment: Environment): Problem[] {
  if (kind === 'nodePort' || kind === 'loadBalancer') return [];
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
  if (kind === 'nodePort' || kind === 'loadBalancer') return [];
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
