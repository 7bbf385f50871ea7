import { certManager } from '../catalogue/index.ts';
import { max, minus, now, series } from '../promql/index.ts';

/** In how many seconds each certificate of a namespace ends. */
export function certificatesLeft(namespace: string) {
  return minus(max(series(certManager.certificateExpirationTimestampSeconds, { namespace }), ['name']), now);
}
