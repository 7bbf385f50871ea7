import { databaseConnections, type StoreKind } from '../../../../model/index.ts';
import {
  type CommandsOf,
  commandLabels,
  commandsPerSecond,
  commandsWithin,
  failedCommandsPercentOrNone,
  storeDurations,
} from '../../measures/stores.ts';
import { max, rateInterval, series, sum } from '../../promql/index.ts';
import type { Panel, Query } from '../panel.ts';

/** What each kind of store is called on a panel. */
const titles: Readonly<Record<StoreKind, string>> = {
  database: 'database',
  keyValue: 'key-value store',
  objects: 'object store',
};

/** What a service asks its stores for, how fast and with what success, as it sees it itself. @param by who asks, of several. @default - what is asked, of one service */
export function storePanels(of: CommandsOf, kinds: readonly StoreKind[], by?: 'service'): Panel[] {
  const shared = by ? [by] : [];
  const [first, ...others] = kinds.map(
    (kind): Query => ({
      show: failedCommandsPercentOrNone(storeDurations[kind].duration, of, rateInterval, shared),
      as: by ? `{{${by}}}: ${titles[kind]}` : titles[kind],
    }),
  );
  if (!first) return [];
  return [
    {
      name: 'store-failures',
      title: 'What stores fail at',
      description:
        'Of all that stores are asked for, what ends in an error. What needs the store is answered with 503.',
      unit: 'percent',
      look: 'lines',
      width: 8,
      queries: [first, ...others],
    },
    ...kinds.flatMap((kind) => [
      {
        name: `${storeDurations[kind].store}-commands`,
        title: `Asked of the ${titles[kind]}`,
        description: `What the ${titles[kind]} is asked for, per second.`,
        unit: 'ops',
        look: 'areas',
        width: 8,
        queries: [
          {
            show: commandsPerSecond(storeDurations[kind].duration, of, rateInterval, by ?? commandLabels[kind]),
            as: `{{${by ?? commandLabels[kind]}}}`,
          },
        ],
      } satisfies Panel,
      {
        name: `${storeDurations[kind].store}-latency`,
        title: `Latency of the ${titles[kind]}`,
        description: `In how long 95 % of what the ${titles[kind]} is asked for are answered, the wait for a connection included.`,
        unit: 's',
        look: 'lines',
        width: 8,
        queries: [
          {
            show: commandsWithin(0.95, storeDurations[kind].duration, of, rateInterval, by ?? commandLabels[kind]),
            as: `{{${by ?? commandLabels[kind]}}}`,
          },
        ],
      } satisfies Panel,
    ]),
    ...(kinds.includes('database') ? connectionPanels(of) : []),
  ];
}

function connectionPanels(of: CommandsOf): Panel[] {
  return [
    {
      name: 'connections',
      title: 'Connections to the database',
      description: 'Connections of all pods that are idle and that are busy.',
      unit: 'none',
      look: 'areas',
      width: 8,
      queries: [
        {
          show: sum(series(databaseConnections, { ...of, state: { in: ['idle', 'busy'] } }), ['state']),
          as: '{{state}}',
        },
      ],
    },
    {
      name: 'waiting-queries',
      title: 'Queries that wait for a connection',
      description: 'In each pod. Where some wait all the time there are too few connections, or queries take too long.',
      unit: 'none',
      look: 'lines',
      width: 8,
      queries: [{ show: max(series(databaseConnections, { ...of, state: 'waiting' }), ['pod']), as: '{{pod}}' }],
    },
  ];
}
