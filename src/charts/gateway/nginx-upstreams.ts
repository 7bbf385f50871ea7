import { exposedRoutes, type Service } from '../../model/index.ts';
import { idleUpstream } from './gateway-lifecycle.ts';
import { type Line, time } from './nginx-text.ts';

/** How often a request is tried at most. */
export const tries = { refused: 3, missing: 5 };

/** What holds for every request that is passed on. */
export function proxyLines(): Line[] {
  const headers = {
    Host: '$client_host',
    // Empty: not sent, so that the connection is kept.
    Connection: '$upstream_connection',
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Proto': '$client_scheme',
    'X-Forwarded-Host': '$client_host',
    'X-Request-Id': '$client_request_id',
    Traceparent: '$client_traceparent',
  };
  // What else tells of the client, and may be made up.
  const dropped = ['Forwarded', 'X-Forwarded-Port', 'X-Forwarded-Server', 'X-Real-Ip', 'Proxy'];
  return [
    'proxy_http_version 1.1;',
    'proxy_redirect off;',
    'proxy_socket_keepalive on;',
    'proxy_connect_timeout 2s;',
    '# Again only where nothing was lost: no connection was made, or the method may be repeated. A POST that was sent never is.',
    'proxy_next_upstream error;',
    `proxy_next_upstream_tries ${tries.refused};`,
    'proxy_next_upstream_timeout 5s;',
    'proxy_buffer_size 16k;',
    'proxy_buffers 8 16k;',
    'proxy_busy_buffers_size 32k;',
    '# An answer that its reader is too slow for waits in the service, not on the disk here.',
    'proxy_max_temp_file_size 0;',
    ...Object.entries(headers).map(([name, value]) => `proxy_set_header ${name} ${value};`),
    ...dropped.map((name) => `proxy_set_header ${name} "";`),
  ];
}

/** Where a service is. */
export function upstreams({ name, contract, lifecycle }: Service): Line[] {
  const idle = idleUpstream(lifecycle);
  // Once for each try. All are the one address of the Service, which leads each new connection to any of its pods: the same again, perhaps. None is ever taken for broken.
  const servers = (count: number) =>
    Array.from({ length: count }, () => `server ${name}:${contract.port} max_fails=0;`);
  return [
    [
      `upstream ${name}`,
      [...servers(tries.refused), ...(idle > 0 ? ['keepalive 32;', `keepalive_timeout ${time(idle)};`] : [])],
    ],
    // Without connections that are kept: those of a moment ago may all lead to pods that do not have it either.
    ...(exposedRoutes(contract).some(({ retryMissing }) => retryMissing)
      ? [[`upstream ${anew(name)}`, servers(tries.missing)] as const]
      : []),
  ];
}

/** The upstream without kept connections. No service has this name, as a DNS label has no underscore. */
export function anew(name: string): string {
  return `${name}_anew`;
}
