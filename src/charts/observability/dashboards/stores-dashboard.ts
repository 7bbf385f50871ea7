import type { StoreKind } from '../../../model/index.ts';
import { dashboardUid } from '../../identity.ts';
import type { ServersOf } from '../measures/cluster.ts';
import { dashboard, type Told } from './dashboard.ts';
import { marks } from './marks.ts';
import { backupPanels } from './panels/backups.ts';
import { clusterPanels } from './panels/cluster.ts';
import { endings, podStates, restarts } from './panels/pods.ts';
import { storePods, volumes } from './panels/store-pods.ts';
import { storePanels } from './panels/stores.ts';

/** @see storesDashboard */
export interface StoresDashboardProps extends Told {
  /** Where they are used. The system is called so too. */
  readonly namespace: string;
  /** What services of the system use. */
  readonly kinds: readonly StoreKind[];
  /** StatefulSets in the namespace, by name. */
  readonly stores: readonly string[];
  /** The names of the claims of volumes, each as a regular expression. */
  readonly volumes: readonly string[];
  /** The CronJobs that back databases up, by name. */
  readonly backups: readonly string[];
  /** The servers of CloudNativePG. @default - there are none */
  readonly cluster?: { readonly name: string; readonly hasCopies: boolean };
}

/** What the stores of a system are asked, by which service and with what success, and how those are that run in the cluster. */
export function storesDashboard({ namespace, kinds, stores, cluster, backups, ...rest }: StoresDashboardProps) {
  const ofCluster: ServersOf | undefined = cluster && { namespace, pod: { like: `${cluster.name}-[0-9]+` } };
  const pods = [...stores.map((name) => `${name}-[0-9]+`), ...(cluster ? [`${cluster.name}-[0-9]+`] : [])].join('|');
  const podsOfStores = { namespace, pod: { like: pods } };
  return dashboard({
    uid: dashboardUid(namespace, 'stores'),
    title: `${namespace}: stores`,
    description: `What the services of ${namespace} keep their data in.`,
    system: namespace,
    rows: [
      { title: 'What services ask', panels: storePanels({ namespace }, kinds, 'service') },
      {
        title: 'Those in the cluster',
        panels: [
          ...(stores.length > 0 ? [storePods(namespace, stores)] : []),
          ...(pods === '' ? [] : [podStates(podsOfStores), restarts(podsOfStores), endings(podsOfStores)]),
          ...(rest.volumes.length > 0
            ? [volumes({ namespace, persistentvolumeclaim: { like: rest.volumes.join('|') } })]
            : []),
        ],
      },
      { title: 'Postgres', panels: ofCluster && cluster ? clusterPanels(ofCluster, cluster) : [] },
      { title: 'Backups', panels: backupPanels(namespace, backups) },
    ],
    marks: marks({ namespace }),
    alerts: rest.alerts,
    runbook: rest.runbook,
  });
}
