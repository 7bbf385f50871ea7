import { cloudNativePg as cnpg } from '../../catalogue/index.ts';
import { lastCopyAge, type ServersOf, serverConnectionsPercent } from '../../measures/cluster.ts';
import { count, equal, max, minus, now, rate, rateInterval, series, sum } from '../../promql/index.ts';
import type { Panel } from '../panel.ts';
import { orNone } from './pods.ts';

const byPod = ['pod'] as const;

/** The databases of a cluster of CloudNativePG. @param hasCopies whether they are copied to a bucket */
export function clusterPanels(of: ServersOf, { hasCopies }: { readonly hasCopies: boolean }): Panel[] {
  return [
    {
      name: 'database-servers',
      title: 'Database servers that are up',
      description: 'Servers that say that their Postgres is up. With none, the services that use it answer 503.',
      unit: 'none',
      look: 'areas',
      width: 8,
      queries: [{ show: orNone(count(equal(series(cnpg.collectorUp, of), 1))), as: 'up' }],
    },
    {
      name: 'standbys',
      title: 'Standbys that are connected',
      description:
        'How many follow the server that writes. With none nobody takes over, and what is written is on one volume alone.',
      unit: 'none',
      look: 'lines',
      width: 8,
      queries: [{ show: max(series(cnpg.pgReplicationStreamingReplicas, of)), as: 'standbys' }],
    },
    {
      name: 'replication-lag',
      title: 'How far standbys are behind',
      description: 'Seconds by which what a standby has is older than what was written.',
      unit: 's',
      look: 'lines',
      width: 8,
      queries: [{ show: max(series(cnpg.pgReplicationLag, of), byPod), as: '{{pod}}' }],
    },
    {
      name: 'server-connections',
      title: 'Connections of servers',
      description:
        'How many of the connections of each server are in use, in per cent. With none left no new pod of any service gets one.',
      unit: 'percent',
      look: 'lines',
      width: 8,
      queries: [{ show: serverConnectionsPercent(of), as: '{{pod}}' }],
    },
    {
      name: 'lock-waits',
      title: 'Connections that wait for a lock',
      description: 'Queries that wait until another transaction is over.',
      unit: 'none',
      look: 'lines',
      width: 8,
      queries: [{ show: max(series(cnpg.backendsWaitingTotal, of), byPod), as: '{{pod}}' }],
    },
    {
      name: 'database-size',
      title: 'Size of the databases',
      description: 'Bytes of each database on the volume.',
      unit: 'bytes',
      look: 'areas',
      width: 8,
      queries: [{ show: max(series(cnpg.pgDatabaseSizeBytes, of), ['datname']), as: '{{datname}}' }],
    },
    ...(hasCopies ? copyPanels(of) : []),
  ];
}

function copyPanels(of: ServersOf): Panel[] {
  return [
    {
      name: 'archive',
      title: 'Changes reach the bucket',
      description:
        'How long ago changes last reached the bucket, and how long ago they last failed to. While the failure is the later one, one cannot go back to any moment since.',
      unit: 's',
      look: 'lines',
      width: 8,
      // Only the server that writes archives; the others say -1.
      queries: [
        { show: minus(now, max(series(cnpg.pgStatArchiverLastArchivedTime, of))), as: 'last success' },
        { show: minus(now, max(series(cnpg.pgStatArchiverLastFailedTime, of))), as: 'last failure' },
      ],
    },
    {
      name: 'archive-waits',
      title: 'Changes that wait for the bucket',
      description:
        'Segments of the log that are not in the bucket yet, and attempts per second that fail. What waits takes room on the volume.',
      unit: 'short',
      look: 'lines',
      width: 8,
      queries: [
        { show: max(series(cnpg.collectorPgWalArchiveStatus, { ...of, value: 'ready' })), as: 'segments that wait' },
        { show: sum(rate(series(cnpg.pgStatArchiverFailedCount, of), rateInterval)), as: 'failures per second' },
      ],
    },
    {
      name: 'copy-age',
      title: 'Age of the last copy',
      description: 'How long ago the last whole copy was made.',
      unit: 's',
      look: 'lines',
      width: 8,
      queries: [{ show: lastCopyAge(of), as: 'last copy' }],
    },
  ];
}
