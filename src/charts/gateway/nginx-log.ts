import type { Environment } from '../../model/index.ts';
import { type Line, map } from './nginx-text.ts';

/** One line of JSON for each request, with the names of the services' own lines. Neither query nor headers: what may be secret is in those. */
export function logLines({ images }: Environment): Line[] {
  const fields = [
    '"level":"info"',
    // In braces, as the Z would be part of the name.
    `"time":"$log_second\${log_millisecond}Z"`,
    '"service":"gateway"',
    `"version":"${images.tag}"`,
    '"request_id":"$client_request_id"',
    '"trace_id":"$trace_id"',
    '"method":"$method"',
    '"route":"$log_route"',
    '"status":$status',
    '"duration_ms":$log_duration',
    '"client":"$remote_addr"',
    '"upstream_status":"$upstream_status"',
    '"msg":"request"',
  ];
  return [
    '# Written before an error of Nginx itself makes a GET of every request.',
    map('$request_method', '$method', [
      ['~^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$', '$request_method'],
      ['default', 'other'],
    ]),
    map('$time_iso8601', '$log_second', [['~^(?<log_second_text>[^+]+)', '$log_second_text']]),
    map('$msec', '$log_millisecond', [['~(?<log_millisecond_text>\\.\\d+)$', '$log_millisecond_text']]),
    map('$request_time', '$log_duration', [
      ['~^0\\.0{0,2}(?<log_short>[1-9]\\d*)$', '$log_short'],
      ['~^(?<log_whole>[1-9]\\d*)\\.(?<log_part>\\d{3})$', '$log_whole$log_part'],
      ['default', '0'],
    ]),
    map('$route', '$log_route', [
      ['~ (?<log_template>/.*)$', '$log_template'],
      ['default', 'unmatched'],
    ]),
    `log_format trellis escape=json '{${fields.join(',')}}';`,
    'access_log /dev/stdout trellis;',
  ];
}
