import { attempts, attemptsPercent, notAnswered, notWell, type Outcomes } from '../measures/edges.ts';
import { above, and, atLeast } from '../promql/index.ts';
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
  const failing = (peers: readonly string[], outcome: Outcomes, percent: number) => {
    const of = { namespace, service, peer: { in: peers } };
    const share = attemptsPercent(of, outcome, '10m');
    return and(above(share, percent), atLeast(attempts({ ...of, outcome }, '10m'), fewestFailures), { on: ['peer'] });
  };
  const services = calls.map(({ contract }) => contract.name);
  const apis = Object.keys(outside);
  return [
    ...(services.length > 0
      ? unlessOff(thresholds.edgeFailing, (percent) => ({
          ...common,
          name: 'EdgeFailing',
          seen: { panel: 'calls-not-answered', above: [percent] },
          when: failing(services, notAnswered, percent),
          summary: `${namespace}/${service} does not get through to {{ $labels.peer }}`,
          description: `{{ $value | printf "%.0f" }} % of its attempts to call {{ $labels.peer }} end without a good answer in time. Whether its users notice depends on the call.`,
        }))
      : []),
    ...(apis.length > 0
      ? unlessOff(thresholds.outsideFailing, (percent) => ({
          ...common,
          name: 'OutsideFailing',
          seen: { panel: 'outside-failing', above: [percent] },
          when: failing(apis, notWell, percent),
          summary: `The API {{ $labels.peer }} fails ${namespace}/${service}`,
          description: `{{ $value | printf "%.0f" }} % of its attempts to call {{ $labels.peer }} outside the cluster fail. What it has in its place is what users get.`,
        }))
      : []),
  ];
}
