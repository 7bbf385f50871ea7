import { activator, type Sleeper, toMilliseconds } from '../../model/index.ts';
import { type Line, time } from './nginx-text.ts';

/** How much longer than the cold start Nginx waits for the activator, which answers when that is over, in milliseconds. */
const spare = 5_000;

/** All that may go wrong with the activator, and what it may say of a request that is none of its business. */
const failures = [400, 401, 403, 404, 405, 408, 413, 414, 429, 431, 500, 501, 502, 503, 504];

/** What holds a request of a route back until its service is awake, before its body is read. */
export function waitLine(name: string): Line {
  return `auth_request "${location(name)}";`;
}

/** Beside the routes of a host: the questions whether services are awake. */
export function awakeGuard(sleepers: readonly Sleeper[]): Line[] {
  if (sleepers.length === 0) return [];
  return [
    '# Nginx goes through this for a question of its own too, which is no request for a route.',
    [`if ($uri ~ "^${location('')}")`, ['break;']],
  ];
}

/** Where those questions lead. Whatever becomes of one, the request goes on: the service itself then says what is wrong. */
export function awakeLocations(sleepers: readonly Sleeper[]): Line[] {
  if (sleepers.length === 0) return [];
  return [
    ...sleepers.map(
      ({ name, coldStart }): Line => [
        `location = "${location(name)}"`,
        [
          'internal;',
          // The length is that of the request itself, whose own location has looked at it.
          'client_max_body_size 0;',
          'proxy_pass_request_body off;',
          // Among them are tokens.
          'proxy_pass_request_headers off;',
          'proxy_set_header Content-Length "";',
          'proxy_set_header X-Request-Id $client_request_id;',
          'proxy_set_header Traceparent $client_traceparent;',
          `proxy_read_timeout ${time(toMilliseconds(coldStart) + spare)};`,
          'proxy_intercept_errors on;',
          `error_page ${failures.join(' ')} = @awake;`,
          `proxy_pass http://127.0.0.1:${activator.port}${activator.path}/${name};`,
        ],
      ],
    ),
    ['location @awake', ['return 204;']],
  ];
}

/** Without a slash at its beginning, which the path of every request from outside has. */
function location(name: string): string {
  return `awake ${name}`;
}
