import {
  type Environment,
  type NginxGateway,
  type System,
  sleepersBehindGateway,
  toMilliseconds,
} from '../../model/index.ts';
import { drainingFile, mainFile, routesFile, writableFolder } from './gateway-files.ts';
import { gatewayEnd } from './gateway-lifecycle.ts';
import { type GatewayListener, gatewayListeners, gatewayPorts } from './gateway-listeners.ts';
import { gatewayServices } from './gateway-services.ts';
import { clientLines } from './nginx-clients.ts';
import { problemLocations } from './nginx-error-pages.ts';
import { limitLines, rateLines } from './nginx-limits.ts';
import { logLines } from './nginx-log.ts';
import { locations, routeMaps } from './nginx-routes.ts';
import { type Line, text, time } from './nginx-text.ts';
import { proxyLines, upstreams } from './nginx-upstreams.ts';
import { bodyBuffer } from './spooled-bodies.ts';

export interface NginxConfigProps {
  readonly system: System;
  readonly environment: Environment;
  readonly gateway: NginxGateway;
}

/**
 * The configuration of a system's gateway, by file.
 *
 * Which route a request is for is decided by its path as it was sent (`$request_uri`), which is also what the service gets to see. Nginx's own choice of a location
 * goes by the path with its dots, double slashes and percent signs resolved: what two programs read in two ways is how a path gets past one of them.
 *
 * It has only what Nginx 1.22 and 1.29 both know.
 */
export function nginxConfig(props: NginxConfigProps): Readonly<Record<string, string>> {
  const { system } = props;
  return {
    [mainFile]: text(mainConfig(props)),
    'problems.conf': text(problemLocations()),
    ...Object.fromEntries(system.entrances.map((entrance) => [routesFile(entrance), text(locations(entrance, props))])),
  };
}

function mainConfig(props: NginxConfigProps): Line[] {
  const { system, environment, gateway } = props;
  const services = gatewayServices(system);
  const keepAlive = Math.max(...services.map(({ lifecycle }) => toMilliseconds(lifecycle.keepAlive)));
  const headers = Math.max(...services.map(({ lifecycle }) => Math.min(toMilliseconds(lifecycle.request), 10_000)));
  return [
    'daemon off;',
    // Not by the cores of the node, of which the pod has but a share.
    'worker_processes 2;',
    `worker_shutdown_timeout ${time(gatewayEnd(services, sleepersBehindGateway(environment, system)).drain)};`,
    `pid ${writableFolder}/nginx.pid;`,
    'error_log stderr notice;',
    'pcre_jit on;',
    // An idle one costs some 2 KiB; where they run short, Nginx closes those first.
    ['events', ['worker_connections 4096;']],
    [
      'http',
      [
        '# Below this level each line has a whole request line, with its query. Why a request failed, the access log says too.',
        'error_log stderr crit;',
        ...logLines(environment, gateway),
        '',
        'server_tokens off;',
        'merge_slashes off;',
        'default_type application/octet-stream;',
        'reset_timedout_connection on;',
        'uninitialized_variable_warn off;',
        'variables_hash_max_size 2048;',
        'server_names_hash_bucket_size 512;',
        ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
          (kind) => `${kind}_temp_path ${writableFolder}/${kind};`,
        ),
        '',
        `keepalive_timeout ${time(keepAlive)};`,
        'keepalive_requests 10000;',
        `client_header_timeout ${time(headers)};`,
        `client_body_buffer_size ${bodyBuffer};`,
        '',
        'gzip on;',
        'gzip_vary on;',
        'gzip_proxied any;',
        'gzip_min_length 1024;',
        'gzip_comp_level 4;',
        `gzip_types ${compressed.join(' ')};`,
        '',
        ...clientLines(environment, gateway),
        ...rateLines(system, gateway),
        ...limitLines(system, gateway),
        '',
        ...proxyLines(),
        '',
        ...services.flatMap(upstreams),
        ...system.entrances.flatMap(routeMaps),
        ...gatewayListeners(system, environment, gateway).flatMap((listener) => servers(listener, props)),
        healthServer(),
      ],
    ],
  ];
}

/** Media types that compress well; HTML always is among them. */
const compressed = [
  'application/json',
  'application/problem+json',
  'application/javascript',
  'application/manifest+json',
  'application/xml',
  'image/svg+xml',
  'text/css',
  'text/javascript',
  'text/plain',
];

function servers(listener: GatewayListener, { environment, gateway }: NginxConfigProps): Line[] {
  const { port, entrances, trusted } = listener;
  return entrances.map((entrance, index): Line => {
    const { host } = entrance;
    return [
      'server',
      [
        `listen ${port}${index === 0 ? ' default_server' : ''};`,
        `server_name ${host}.${environment.domain};`,
        ...(trusted.length > 0
          ? [
              'real_ip_header X-Forwarded-For;',
              'real_ip_recursive on;',
              ...trusted.map((network) => `set_real_ip_from ${network};`),
              'set $believes yes;',
            ]
          : ['set $believes "";']),
        'set $upstream_connection "";',
        `limit_req zone=gateway burst=${gateway.rate.burst} nodelay;`,
        `limit_conn clients ${gateway.requestsAtOnce};`,
        'include problems.conf;',
        `include ${routesFile(entrance)};`,
      ],
    ];
  });
}

/** What the kubelet asks, at a port that no Service has. */
function healthServer(): Line {
  const plain = 'default_type text/plain;';
  return [
    'server',
    [
      `listen ${gatewayPorts.health} default_server;`,
      'access_log off;',
      ['location = /healthz', [plain, 'return 200 "alive\\n";']],
      [
        'location = /readyz',
        [plain, [`if (-f ${drainingFile})`, ['return 503 "draining\\n";']], 'return 200 "ready\\n";'],
      ],
      ['location = /status', ['stub_status;']],
      ['location /', ['return 404;']],
    ],
  ];
}
