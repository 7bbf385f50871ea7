import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Environment, System } from '../model/index.ts';
import { dashboardUid, gatewayName } from './identity.ts';
import { serviceDashboard } from './observability/dashboards/service-dashboard.ts';
import { systemDashboard } from './observability/dashboards/system-dashboard.ts';
import type { Placement } from './placement.ts';

/** All dashboards of a system: of itself, and of each of its services. @param placements those of the system */
export function systemDashboards(
  system: System,
  environment: Environment,
  placements: readonly Placement[],
): Dashboard[] {
  const namespace = system.name;
  const isCalled = (name: string) =>
    placements.some(({ service }) => service.calls.some(({ contract }) => contract.name === name));
  return [
    systemDashboard({
      namespace,
      services: placements,
      parts: environment.gateways[namespace] ? { [gatewayName]: dashboardUid(namespace) } : {},
    }),
    ...placements.map(({ service, scaling, wokenBy }) =>
      serviceDashboard({
        namespace,
        service,
        scaling,
        isCalled: isCalled(service.name),
        mayBeIdle: wokenBy.length > 0,
      }),
    ),
  ];
}
