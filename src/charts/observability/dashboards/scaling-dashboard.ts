import type { Scaling, Service } from '../../../model/index.ts';
import { dashboardUid } from '../../identity.ts';
import { dashboard, type Told } from './dashboard.ts';
import { marks } from './marks.ts';
import type { Row } from './panel.ts';
import { edgePanels } from './panels/edges.ts';
import { podsPanel } from './panels/pods.ts';
import { autoscalerPanels, autoscalersPanel, demandErrorPanels, demandPanels, kedaPanels } from './panels/scaling.ts';

/** @see scalingDashboard */
export interface ScalingDashboardProps extends Told {
  /** Where they run. The system is called so too. */
  readonly namespace: string;
  readonly services: readonly {
    readonly service: Service;
    readonly scaling: Scaling;
    /** Who says how many requests wait for it, where it may have no pods. */
    readonly wokenBy: readonly string[];
  }[];
}

/** Whether the pods of each service follow the demand on it, and what keeps them from it. Of services whose pods are always as many there is nothing. */
export function scalingDashboard({ namespace, services, alerts, runbook }: ScalingDashboardProps) {
  const scaled = services.filter(({ scaling }) => scaling.kind !== 'fixed');
  const byKeda = scaled.some(({ scaling }) => scaling.kind === 'steps' || scaling.kind === 'requests');
  const rows: Row[] = [
    { title: 'All of them', panels: [autoscalersPanel(namespace), ...(byKeda ? kedaPanels(namespace) : [])] },
    ...scaled.map((each) => ({
      title: each.service.name,
      panels: [
        ...demandPanels({ namespace, ...each }),
        podsPanel({ namespace, ...each }),
        ...autoscalerPanels({ namespace, ...each }),
        ...demandErrorPanels({ namespace, ...each }),
        ...(each.wokenBy.length > 0 ? [edgePanels.waiting({ namespace, peer: each.service.name })] : []),
      ],
    })),
  ];
  const names = new Set(rows.flatMap(({ panels }) => panels.map(({ name }) => name)));
  return dashboard({
    uid: dashboardUid(namespace, 'scaling'),
    title: `${namespace}: autoscaling`,
    description: `Whether the pods of ${namespace} follow the demand.`,
    system: namespace,
    rows,
    marks: marks({ namespace }),
    // They lead to the dashboard of the service, where the same panels are.
    alerts: alerts.filter(({ seen }) => names.has(seen.panel)),
    runbook,
  });
}
