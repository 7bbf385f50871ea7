import { gatewayHeaders, nginxErrors } from './nginx-errors.ts';
import type { Line } from './nginx-text.ts';

/** What Nginx answers itself, in the shape of every other error. */
export function problemLocations(): Line[] {
  return [
    ...nginxErrors.map(
      ({ status, from = [status] }) =>
        `error_page ${from.join(' ')} ${from.includes(status) ? '' : `=${status} `}/problem/${status};`,
    ),
    ...nginxErrors.map(({ status, title, detail, code, retryAfter }): Line => {
      const body = JSON.stringify({ type: 'about:blank', title, status, detail, code, traceId: '$trace_id' });
      const headers = {
        ...gatewayHeaders,
        // Empty: not sent.
        'strict-transport-security': '$strict_transport',
        'x-request-id': '$client_request_id',
        ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
        ...(status === 405 && { allow: '$allow' }),
      };
      return [
        `location = /problem/${status}`,
        [
          'internal;',
          'default_type application/problem+json;',
          ...Object.entries(headers).map(([name, value]) => `add_header ${name} "${value}" always;`),
          `return ${status} '${body}';`,
        ],
      ];
    }),
  ];
}
