import {
  type Entrance,
  type Environment,
  fileOptions,
  type NginxGateway,
  quantityValue,
  type Route,
  type Service,
  type Sleeper,
  type System,
  sleepersBehindGateway,
  toMilliseconds,
} from '../../model/index.ts';
import { drainingFile } from './gateway-files.ts';
import { answerWithin, idleUpstream } from './gateway-lifecycle.ts';
import { gatewayPaths, gatewayRoutes } from './gateway-routes.ts';
import { gatewayServices } from './gateway-services.ts';
import { zoneOf } from './nginx-limits.ts';
import { awakeGuard, awakeLocations, waitLine } from './nginx-sleepers.ts';
import { type Line, map, time } from './nginx-text.ts';
import { anew, tries } from './nginx-upstreams.ts';
import { pathPattern } from './path-pattern.ts';
import { bodyBuffer, type SpooledBodies, spooledBodies } from './spooled-bodies.ts';

/** What a request is for, by host: a method and a template, such as `GET /posts/:id`, or nothing. */
export function routeMaps({ host, services }: Entrance): Line[] {
  const routes = gatewayRoutes(services);
  return [
    map(
      '$method $sent_path',
      `$route_${variable(host)}`,
      routes.map(({ methods, template, to }) => [
        `~^${methods.length > 1 ? `(?:${methods.join('|')})` : methods.join('')} ${pathPattern(template)}$`,
        to ? locationOf(to.route) : '',
      ]),
    ),
    map(
      '$sent_path',
      `$allow_${variable(host)}`,
      gatewayPaths(routes).map(({ template, methods }) => [`~^${pathPattern(template)}$`, methods.join(', ')]),
    ),
  ];
}

/** A host is a DNS label, which has no underscore: no two become one. */
function variable(host: string): string {
  return host.replaceAll('-', '_');
}

function locationOf({ method, path }: Route): string {
  return `${method} ${path}`;
}

/** What a host answers to. A location is named after its route, which no request can ask for by itself. */
export function locations(
  { host, services }: Entrance,
  {
    system,
    environment,
    gateway,
  }: { readonly system: System; readonly environment: Environment; readonly gateway: NginxGateway },
): Line[] {
  const routes = gatewayRoutes(services).flatMap(({ to }) => (to ? [to] : []));
  const spooled = spooledBodies(gateway, gatewayServices(system));
  const sleepers = sleepersBehindGateway(environment, system).filter(({ name }) =>
    services.some((each) => each.name === name),
  );
  return [
    `set $route $route_${variable(host)};`,
    `set $allow $allow_${variable(host)};`,
    '# Nginx goes through this again for an error of its own, whose way is clear.',
    ['if ($status != "000")', ['break;']],
    ...awakeGuard(sleepers),
    [`if (-f ${drainingFile})`, ['rewrite ^ "/draining" last;']],
    'rewrite ^ "/$route?" last;',
    '# Whoever passes here has its connection closed after the answer.',
    ['location = /draining', ['internal;', 'keepalive_timeout 0;', 'rewrite ^ "/$route?" last;']],
    ['location /', [['if ($allow)', ['return 405;']], 'return 404;']],
    ...awakeLocations(sleepers),
    ...routes.map(({ service, route }) => location(service, route, { gateway, spooled, sleepers })),
  ];
}

interface LocationProps {
  readonly gateway: NginxGateway;
  readonly spooled: SpooledBodies | undefined;
  readonly sleepers: readonly Sleeper[];
}

function location(service: Service, route: Route, { gateway, spooled, sleepers }: LocationProps): Line {
  const { lifecycle, name } = service;
  const upload = fileOptions(route.body);
  const largest = largestBody(service, route);
  const within = time(answerWithin(lifecycle, upload !== undefined));
  return [
    `location = "/${locationOf(route)}"`,
    [
      'internal;',
      ...(sleepers.some((each) => each.name === name) ? [waitLine(name)] : []),
      ...(gateway.routeRates && route.rate
        ? [
            `limit_req zone=gateway burst=${gateway.rate.burst} nodelay;`,
            `limit_req zone=${zoneOf(service, route)} burst=${route.rate.burst} nodelay;`,
          ]
        : []),
      ...(spooled && !upload && largest > bodyBuffer
        ? [
            `limit_conn clients ${gateway.requestsAtOnce};`,
            `limit_conn spoolers ${spooled.ofOneClient};`,
            `limit_conn spooled ${spooled.atOnce};`,
          ]
        : []),
      `client_max_body_size ${largest};`,
      `client_body_timeout ${time(toMilliseconds(lifecycle.request))};`,
      `send_timeout ${time(2 * toMilliseconds(lifecycle.request))};`,
      ...(upload ? ['proxy_request_buffering off;'] : []),
      ...(route.retryMissing
        ? ['proxy_next_upstream error http_404;', `proxy_next_upstream_tries ${tries.missing};`]
        : []),
      ...(idleUpstream(lifecycle) > 0 && !route.retryMissing ? [] : ['set $upstream_connection close;']),
      `proxy_read_timeout ${within};`,
      `proxy_send_timeout ${within};`,
      `proxy_pass http://${route.retryMissing ? anew(name) : name}$request_uri;`,
    ],
  ];
}

/** In bytes. What no route asks for is not kept on the disk. */
function largestBody({ bodyLimit }: Service, { body }: Route): number {
  const most = quantityValue(bodyLimit);
  return body ? quantityValue(fileOptions(body)?.limit ?? bodyLimit) : Math.min(most, bodyBuffer);
}
