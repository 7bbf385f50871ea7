import { type ProofOf, rising, scraped, seenOver } from './proof.ts';

const failedLogInsSurge: ProofOf<number> = ({ labels: { namespace = '', service: name = '' }, threshold, service }) => {
  const metric = service?.metrics['failedLogins']?.name ?? '';
  const failed = (perMinute: number, pod = 'a', values = rising(perMinute, 60)) =>
    scraped(metric, { namespace, service: name, pod, reason: 'wrong-password' }, values);
  return {
    fires: [
      {
        what: 'of two pods together',
        series: [failed(threshold * 0.6), failed(threshold * 0.6, 'b')],
        since: seenOver(5),
      },
    ],
    silent: [
      { what: 'fewer', series: [failed(threshold * 0.9)], until: 60 },
      { what: 'at once, and no more', series: [failed(0, 'a', `1000 ${1000 + threshold * 4}x60`)], until: 60 },
    ],
  };
};

export const securityProofs = { FailedLogInsSurge: failedLogInsSurge };
