import { clientRequests } from '../../../model/index.ts';
import { above, and, atLeast, increase, type Matchers, ratio, series, sum, times } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { unlessOff } from './unless-off.ts';

/** Fewer failures than this are told nobody: of few calls one is a large share. */
export const fewestFailures = 5;

/** What a service calls and does not get, as it sees it itself. */
export function edgeAlerts({
  namespace,
  service: { name: service, owner, calls, outside },
  thresholds,
}: AlertedService): Alert[] {
  const common = { severity: 'warning', concern: 'errors', service, owner, for: '10m' } as const;
  const failing = (peers: readonly string[], failed: Matchers<typeof clientRequests>['outcome'], percent: number) => {
    const of = { namespace, service, peer: { in: peers } };
    const failures = sum(increase(series(clientRequests, { ...of, ...(failed && { outcome: failed }) }), '10m'), [
      'peer',
    ]);
    const all = sum(increase(series(clientRequests, of), '10m'), ['peer']);
    const share = times(100, ratio(failures, all, { on: ['peer'] }));
    return and(above(share, percent), atLeast(failures, fewestFailures), { on: ['peer'] });
  };
  const services = calls.map(({ contract }) => contract.name);
  const apis = Object.keys(outside);
  return [
    ...(services.length > 0
      ? unlessOff(thresholds.edgeFailing, (percent) => ({
          ...common,
          name: 'EdgeFailing',
          // An answer that says no is often the right one, and one of 5xx is told of whoever gave it.
          when: failing(services, { in: ['timeout', 'network', 'invalid'] }, percent),
          summary: `${namespace}/${service} does not get through to {{ $labels.peer }}`,
          description: `{{ $value | printf "%.0f" }} % of its attempts to call {{ $labels.peer }} end without a good answer in time. Whether its users notice depends on the call.`,
        }))
      : []),
    ...(apis.length > 0
      ? unlessOff(thresholds.outsideFailing, (percent) => ({
          ...common,
          name: 'OutsideFailing',
          when: failing(apis, { notIn: ['ok'] }, percent),
          summary: `The API {{ $labels.peer }} fails ${namespace}/${service}`,
          description: `{{ $value | printf "%.0f" }} % of its attempts to call {{ $labels.peer }} outside the cluster fail. What it has in its place is what users get.`,
        }))
      : []),
  ];
}
