import {
  type Entrance,
  type Environment,
  type Exposure,
  exposedRoutes,
  fileOptions,
  hasGateway,
  kitPaths,
  type Route,
  type Service,
  type System,
} from '../model/index.ts';

const head = `<!-- Written by \`npm run reference\` from src/systems/ and the contracts: change those, not this file. -->

# What is reachable from outside

Every way in of every environment, and all that is reached there. Whatever is not in a table is answered with 404; what a method is answered with that its path does not have, each way in says. The query string of a route, what it
takes and what it answers stand in the OpenAPI document of its service.
`;

/** All that is reachable from outside, as Markdown. */
export function reachablePage(environments: readonly Environment[], systems: readonly System[]): string {
  const parts = environments.map((environment) =>
    [`## \`${environment.name}\``, ...systems.map((system) => systemPart(system, environment))].join('\n\n'),
  );
  return `${[head, ...parts].join('\n')}\n`;
}

function systemPart(system: System, environment: Environment): string {
  const gateway = environment.gateways[system.name];
  const through = gateway
    ? `Through its [gateway](../guide/operations.md#the-gateway), where one address may ask ${rateOf(gateway.rate)} of each pod, and have ${gateway.requestsAtOnce} requests under way there.`
    : 'Straight to the services.';
  if (system.entrances.length === 0) return `### ${system.name} in \`${environment.name}\`\n\nNothing.`;
  return [
    `### ${system.name} in \`${environment.name}\``,
    through,
    ...system.entrances.flatMap((entrance) => [
      waysIn(entrance, system, environment),
      routes(entrance, system, environment),
    ]),
  ].join('\n\n');
}

function waysIn(entrance: Entrance, system: System, environment: Environment): string {
  const ways = environment.exposure.flatMap((exposure) => wayIn(exposure, entrance, system, environment));
  return ways.map((way) => `- ${way}`).join('\n');
}

function wayIn(exposure: Exposure, entrance: Entrance, system: System, environment: Environment): string[] {
  const host = `${entrance.host}.${environment.domain}`;
  const isFirst = system.entrances[0] === entrance;
  const any = isFirst ? `\`${host}\` and any other host` : `\`${host}\``;
  // An HTTPRoute knows methods, and what fits none of it is nowhere; all else leads to somebody who knows the path.
  const status = exposure.kind === 'gateway' && !hasGateway(environment, system) ? 404 : 405;
  const otherMethod = `another method: ${status}`;
  switch (exposure.kind) {
    case 'ingress':
      return [`Ingress: \`${exposure.clusterIssuer ? 'https' : 'http'}://${host}\`; ${otherMethod}`];
    case 'gateway':
      return [`HTTPRoute on the Gateway \`${exposure.namespace}/${exposure.name}\`: host \`${host}\`; ${otherMethod}`];
    case 'loadBalancer':
      return [`LoadBalancer, port 80: ${any}; ${otherMethod}`];
    case 'nodePort':
      if (entrance.nodePort === undefined) return [];
      return hasGateway(environment, system)
        ? [`NodePort: \`${entrance.nodePort}\` of each node that has a pod of the gateway, by any host; ${otherMethod}`]
        : [
            `NodePort: \`${entrance.nodePort}\` of each node, by any host, and there what is marked as such besides; ${otherMethod}`,
          ];
  }
}

function routes(entrance: Entrance, system: System, environment: Environment): string {
  const gateway = environment.gateways[system.name];
  const rows = entrance.services.flatMap((service) =>
    exposedRoutes(service.contract).map((route) => {
      const rate = gateway?.routeRates && route.rate ? rateOf(route.rate) : '';
      return [...cellsOf(service, route), rate];
    }),
  );
  const opensAll =
    !gateway && entrance.nodePort !== undefined && environment.exposure.some(({ kind }) => kind === 'nodePort');
  const byNodePort = opensAll
    ? entrance.services.flatMap((service) => [
        ...Object.values(service.contract.routes)
          .filter(({ exposed }) => !exposed)
          .map((route) => [...cellsOf(service, route), '']),
        ...Object.values(kitPaths).map((path) => ['GET, HEAD', `\`${path}\``, service.name, '', '', '']),
      ])
    : [];
  return table(
    ['method', 'path', 'service', 'needs a user', 'body at most', 'one address at most'],
    [...rows, ...byNodePort.map(([method = '', ...rest]) => [`${method} (NodePort alone)`, ...rest])],
  );
}

function cellsOf({ name, bodyLimit }: Service, { method, path, user, body }: Route): string[] {
  const methods = method === 'GET' ? 'GET, HEAD' : method;
  const limit = body ? (fileOptions(body)?.limit ?? bodyLimit) : '';
  return [methods, `\`${path}\``, name, user ? 'yes' : '', limit];
}

function rateOf({ perSecond, burst }: { perSecond: number; burst: number }): string {
  return `${perSecond} times a second and ${burst} at once besides`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
