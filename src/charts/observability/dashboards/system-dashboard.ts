import type { Scaling, Service } from '../../../model/index.ts';
import { dashboardUid } from '../../identity.ts';
import { prometheus } from '../catalogue/index.ts';
import { series } from '../promql/index.ts';
import { chosenPods } from './chosen-pods.ts';
import { dashboard, type Told } from './dashboard.ts';
import { marks } from './marks.ts';
import type { Row } from './panel.ts';
import { certificates } from './panels/certificates.ts';
import { alertsNow, health } from './panels/health.ts';
import {
  allPodsNow,
  cpuOfPods,
  endings,
  lackOfPods,
  memoryOfPods,
  podStates,
  podsPanel,
  restarts,
} from './panels/pods.ts';
import { promisePanels } from './panels/promises.ts';
import { requestsPanels } from './panels/requests.ts';
import { autoscalersPanel } from './panels/scaling.ts';

/** @see systemDashboard */
export interface SystemDashboardProps extends Told {
  /** Where it runs. The system is called so too. */
  readonly namespace: string;
  readonly services: readonly { readonly service: Service; readonly scaling: Scaling }[];
  /** Whether cert-manager makes certificates for its hosts. */
  readonly hasCertificates: boolean;
  /** What else of it alerts are about, its gateway and its stores: each with the uid of the dashboard on which more of it stands. */
  readonly parts: Readonly<Record<string, string>>;
}

/** What whoever is on call looks at first: which part of a system is not well, and since when. */
export function systemDashboard(props: SystemDashboardProps) {
  const { namespace, services, parts, hasCertificates, alerts, runbook } = props;
  const all = { namespace };
  const names = services.map(({ service }) => service.name);
  const own = { namespace, service: { in: names }, pod: chosenPods };
  const isPromised = services.some(({ service }) => service.slo);
  const isScaled = services.some(({ scaling }) => scaling.kind !== 'fixed');
  const rows: Row[] = [
    {
      title: 'At a glance',
      panels: [
        alertsNow(all),
        requestsPanels.now(all),
        requestsPanels.failureShareNow(all),
        requestsPanels.latencyNow(all),
        allPodsNow(namespace),
        health(namespace, {
          ...Object.fromEntries(names.map((name) => [name, dashboardUid(namespace, name)])),
          ...parts,
        }),
      ],
    },
    {
      title: 'Requests',
      panels: [
        requestsPanels.requests(own),
        requestsPanels.byService(own),
        requestsPanels.failures(own),
        requestsPanels.failuresByService(own),
        requestsPanels.latency(own),
        requestsPanels.latencyByService(own),
      ],
    },
    {
      title: 'What is promised',
      panels: isPromised ? [promisePanels.budgets(all), promisePanels.budget(all)] : [],
    },
    {
      title: 'Pods',
      panels: [
        ...services.map((each) => podsPanel({ namespace, ...each })),
        ...(isScaled ? [autoscalersPanel(namespace)] : []),
        lackOfPods(namespace),
        cpuOfPods(own),
        memoryOfPods(own),
        podStates(all),
        restarts(all),
        endings(all),
      ],
    },
    { title: 'Certificates', panels: hasCertificates ? [certificates(namespace)] : [] },
  ];
  return dashboard({
    uid: dashboardUid(namespace),
    title: namespace,
    description: `The system ${namespace} as a whole: ${names.join(', ')}.`,
    system: namespace,
    rows,
    marks: marks(all),
    alerts,
    runbook,
    podsOf: series(prometheus.up, { ...own, pod: undefined }),
  });
}
