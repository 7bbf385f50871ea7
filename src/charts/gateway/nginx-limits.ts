import type { NginxGateway, Route, Service, System } from '../../model/index.ts';
import { gatewayServices } from './gateway-services.ts';
import { type Line, map } from './nginx-text.ts';
import { spooledBodies } from './spooled-bodies.ts';

/**
 * How often a client may ask.
 *
 * @see addressBlock of auth, which counts alike
 */
export function rateLines(system: System, gateway: NginxGateway): Line[] {
  const zone = (name: string, perSecond: number) =>
    `limit_req_zone $client_network zone=${name}:10m rate=${perSecond}r/s;`;
  const routes = new Map(
    gatewayServices(system).flatMap((service) =>
      Object.values(service.contract.routes).flatMap((route) =>
        gateway.routeRates && route.rate ? [[zoneOf(service, route), route.rate.perSecond] as const] : [],
      ),
    ),
  );
  return [
    map('$binary_remote_addr', '$client_network', [
      ['~(?s)^(?<network_bits>.{8}).{8}$', '$network_bits'],
      ['default', '$binary_remote_addr'],
    ]),
    'limit_req_status 429;',
    zone('gateway', gateway.rate.perSecond),
    ...[...routes].map(([name, perSecond]) => zone(name, perSecond)),
  ];
}

/** How many requests may be under way, and how many of them with bodies that stand on the disk. */
export function limitLines(system: System, gateway: NginxGateway): Line[] {
  const zone = (name: string, key: string) => `limit_conn_zone ${key} zone=${name}:10m;`;
  return [
    'limit_conn_status 429;',
    zone('clients', '$client_network'),
    ...(spooledBodies(gateway, gatewayServices(system))
      ? [
          '# Whose body may be larger than the buffer. By nothing nobody is counted.',
          map('$http_content_length$http_transfer_encoding', '$spooler', [
            [smallLength, ''],
            ['default', '$client_network'],
          ]),
          map('$http_content_length$http_transfer_encoding', '$spooled', [
            [smallLength, ''],
            ['default', 'yes'],
          ]),
          zone('spoolers', '$spooler'),
          zone('spooled', '$spooled'),
        ]
      : []),
  ];
}

/** No length, and what is less than `bodyBuffer`. */
const smallLength = '~^(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3})?$';

/** The zone of a route with a rate of its own. */
export function zoneOf({ name }: Service, { method, path }: Route): string {
  return `${name}_${method}${path.replaceAll(/[^A-Za-z0-9]+/g, '_')}`;
}
