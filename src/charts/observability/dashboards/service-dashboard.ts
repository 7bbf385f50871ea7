import { type Scaling, type Service, toSeconds } from '../../../model/index.ts';
import { dashboardUid } from '../../identity.ts';
import { prometheus } from '../catalogue/index.ts';
import { storeKindsOf } from '../measures/stores.ts';
import { podsOfDeployment } from '../measures/workloads.ts';
import { series } from '../promql/index.ts';
import { promisesOf } from '../slo/promise.ts';
import { chosenPods } from './chosen-pods.ts';
import { dashboard, type Told } from './dashboard.ts';
import { marks } from './marks.ts';
import type { Row } from './panel.ts';
import { edgePanels } from './panels/edges.ts';
import { alertsNow } from './panels/health.ts';
import { nodePanels } from './panels/node.ts';
import { ownMetricPanels } from './panels/own-metrics.ts';
import {
  cpuOfService,
  endings,
  memoryOfService,
  podStates,
  podsNow,
  podsPanel,
  restarts,
  targets,
} from './panels/pods.ts';
import { promisePanels } from './panels/promises.ts';
import { requestsPanels } from './panels/requests.ts';
import { autoscalerPanels, demandErrorPanels, demandPanels } from './panels/scaling.ts';
import { storePanels } from './panels/stores.ts';

/** @see serviceDashboard */
export interface ServiceDashboardProps extends Told {
  /** Where it runs. The system is called so too. */
  readonly namespace: string;
  readonly service: Service;
  /** How it scales there. */
  readonly scaling: Scaling;
  /** Whether others of the system call it. */
  readonly isCalled: boolean;
  /** Whether it may have no pods there. */
  readonly mayBeIdle: boolean;
}

/** What whoever is on call looks at when something is wrong with a service: first how its users fare, then why. */
export function serviceDashboard(props: ServiceDashboardProps) {
  const { namespace, service, scaling, isCalled, mayBeIdle, alerts, runbook } = props;
  const { name } = service;
  const all = { namespace, service: name };
  const own = { ...all, pod: chosenPods };
  const scaled = { namespace, service, scaling };
  const pods = { namespace, pod: { like: podsOfDeployment(name) } };
  const promises = promisesOf(service, namespace);
  const [promised] = promises;
  const below = service.slo?.latency?.below;
  const callees = service.calls.map(({ contract }) => contract.name);
  const apis = Object.keys(service.outside);
  const stores = storeKindsOf(service.uses);
  const rows: Row[] = [
    {
      title: 'At a glance',
      panels: [
        alertsNow(all),
        requestsPanels.now(all),
        requestsPanels.failureShareNow(all),
        requestsPanels.latencyNow(all, service.slo?.latency?.quantile),
        podsNow(scaled),
        ...(promised ? [promisePanels.now(all)] : []),
      ],
    },
    {
      title: 'Requests',
      panels: [
        requestsPanels.requests(own),
        requestsPanels.failures(own),
        requestsPanels.latency(own, below && toSeconds(below)),
        requestsPanels.latencyByRoute(own),
        requestsPanels.byStatus(own),
        requestsPanels.byRoute(own),
        requestsPanels.failuresByRoute(own),
      ],
    },
    {
      title: 'What it promises',
      panels: [
        ...promises.map((promise) => promisePanels.burn(all, promise)),
        ...(promised ? [promisePanels.budget(all)] : []),
      ],
    },
    {
      title: 'What it calls, and who calls it',
      panels: [
        ...(callees.length + apis.length > 0 ? [edgePanels.calls(own), edgePanels.latency(own)] : []),
        ...(callees.length > 0 ? [edgePanels.notAnswered({ ...own, peer: { in: callees } })] : []),
        ...(apis.length > 0 ? [edgePanels.outsideFailing({ ...own, peer: { in: apis } })] : []),
        ...(isCalled ? [edgePanels.callers({ namespace, peer: name })] : []),
        ...(mayBeIdle ? [edgePanels.waiting({ namespace, peer: name })] : []),
      ],
    },
    { title: 'What it keeps its data in', panels: storePanels(own, stores) },
    {
      title: 'Pods',
      panels: [
        podsPanel(scaled),
        ...demandPanels(scaled),
        ...autoscalerPanels(scaled),
        ...demandErrorPanels(scaled),
        cpuOfService(own, service),
        memoryOfService(own, service),
        podStates(pods),
        restarts(pods),
        endings(pods),
        targets(all),
      ],
    },
    { title: 'Node', panels: nodePanels(own) },
    { title: 'Its own metrics', panels: ownMetricPanels(own, service) },
  ];
  return dashboard({
    uid: dashboardUid(namespace, name),
    title: `${namespace} / ${name}`,
    description: service.description,
    system: namespace,
    rows,
    marks: marks(all),
    alerts,
    runbook,
    podsOf: series(prometheus.up, all),
  });
}
