import type { Environment, NginxGateway, Tracing } from '../../model/index.ts';
import { strictTransport } from './nginx-errors.ts';
import { type Line, map } from './nginx-text.ts';
import { plainPath } from './path-pattern.ts';

/** Who asks: address, scheme, host, and the ids of request and trace. */
export function clientLines(
  { privateNetworks, tracing }: Environment,
  { trustedProxies = privateNetworks }: NginxGateway,
): Line[] {
  return [
    map('$request_uri', '$sent_path', [[`~${plainPath('path_text')}`, '$path_text']]),
    '# The peer itself, whatever it says of others.',
    ['geo $realip_remote_addr $peer', ['default "";', ...trustedProxies.map((network) => `${network} proxy;`)]],
    map('$believes $peer $http_x_forwarded_proto', '$client_scheme', [
      ['yes proxy https', 'https'],
      ['yes proxy http', 'http'],
      ['default', '$scheme'],
    ]),
    map('$client_scheme', '$strict_transport', [['https', strictTransport]]),
    map('$http_host', '$client_host', [
      ['', '$host'],
      ['default', '$http_host'],
    ]),
    map('$http_x_request_id', '$client_request_id', [
      ['~^(?!.*eyJ)[\\w.:-]{8,128}$', '$http_x_request_id'],
      ['default', '$request_id'],
    ]),
    map('$http_traceparent', '$trace_id', [
      [`~${traceparent('(?<given_trace>[0-9a-f]{32})')}`, '$given_trace'],
      ['default', '$request_id'],
    ]),
    // The services take a span of this name for none: Nginx writes no spans, and the first is then theirs.
    map('$trace_id', '$trace_end', [['~^.{16}(?<half_id>.{16})$', '$half_id']]),
    ...(tracing ? sampledLines(tracing) : unsampledLines()),
  ];
}

/**
 * Which traces are recorded is decided here, by their ids, whatever a caller says of it: nobody outside may have all of theirs recorded. The id of a trace that was begun outside stays.
 */
function sampledLines({ sampled }: Tracing): Line[] {
  // Nginx knows two decimals.
  const percent = Math.round(sampled * 10_000) / 100;
  const some = percent > 0 && percent < 100 ? [`${percent}% 01;`] : [];
  return [
    ['split_clients "$trace_id" $trace_flags', [...some, percent === 100 ? '* 01;' : '* 00;']],
    map('$trace_id', '$client_traceparent', [['default', '00-$trace_id-$trace_end-$trace_flags']]),
  ];
}

function unsampledLines(): Line[] {
  return [
    '# A trace that nobody has begun begins here, so that these lines and those of the services have one id.',
    map('$http_traceparent', '$client_traceparent', [
      [`~${traceparent('[0-9a-f]{32}')}`, '$http_traceparent'],
      ['default', '00-$trace_id-$trace_end-00'],
    ]),
  ];
}

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
function traceparent(traceId: string): string {
  return `^(?!ff)(?!00.{53}-)[0-9a-f]{2}-(?!0{32})${traceId}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$`;
}
