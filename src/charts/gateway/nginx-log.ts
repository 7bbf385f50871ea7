import { type Environment, type LogFieldName, type NginxGateway, severities } from '../../model/index.ts';
import { type Line, map } from './nginx-text.ts';

/** One line of JSON for each request, with the fields of the services' own lines. Neither query nor headers: what may be secret is in those. */
export function logLines({ images }: Environment, { clientAddresses }: NginxGateway): Line[] {
  const text = (value: string) => `"${value}"`;
  const fields = {
    severity_text: text(severities.info.severity_text),
    severity_number: String(severities.info.severity_number),
    // In braces, as the Z would be part of the name.
    timestamp: text(`$log_second\${log_millisecond}Z`),
    'service.name': text('gateway'),
    'service.version': text(images.tag),
    trace_id: text('$trace_id'),
    span_id: text('$log_span'),
    trace_flags: text('$log_flags'),
    request_id: text('$client_request_id'),
    'http.request.method': text('$method'),
    'http.route': text('$log_route'),
    'http.response.status_code': '$status',
    'http.server.request.duration': '$request_time',
    'client.address': text(clientAddresses === 'whole' ? '$remote_addr' : '$log_client'),
    upstream_status: text('$upstream_status'),
    body: text('request'),
  } satisfies Partial<Record<LogFieldName, string>>;
  const format = Object.entries(fields).map(([name, value]) => `"${name}":${value}`);
  return [
    '# Written before an error of Nginx itself makes a GET of every request.',
    map('$request_method', '$method', [
      ['~^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$', '$request_method'],
      ['default', '_OTHER'],
    ]),
    map('$time_iso8601', '$log_second', [['~^(?<log_second_text>[^+]+)', '$log_second_text']]),
    map('$msec', '$log_millisecond', [['~(?<log_millisecond_text>\\.\\d+)$', '$log_millisecond_text']]),
    map('$client_traceparent', '$log_span', [['~^.{36}(?<log_span_text>.{16})', '$log_span_text']]),
    map('$client_traceparent', '$log_flags', [['~^.{53}(?<log_flags_text>..)', '$log_flags_text']]),
    map('$remote_addr', '$log_client', [
      ['~^(?<log_client_v4>\\d+\\.\\d+\\.\\d+)\\.\\d+$', '$log_client_v4.0'],
      ['~^(?<log_client_v6>[0-9a-f]+:[0-9a-f]+:[0-9a-f]+):', '$log_client_v6::'],
      // Zeros are left out of it earlier.
      ['~^(?<log_client_short>[0-9a-f]+(?::[0-9a-f]+)?)::', '$log_client_short::'],
      ['default', '::'],
    ]),
    map('$route', '$log_route', [
      ['~ (?<log_template>/.*)$', '$log_template'],
      ['default', 'unmatched'],
    ]),
    `log_format trellis escape=json '{${format.join(',')}}';`,
    'access_log /dev/stdout trellis;',
  ];
}
