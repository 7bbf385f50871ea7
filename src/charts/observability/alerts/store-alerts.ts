import { databaseConnections } from '../../../model/index.ts';
import { failedCommands, failedCommandsPercent, storeDurations, storeKindsOf } from '../measures/stores.ts';
import { above, and, atLeast, lowest, max, series } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { fewestFailures } from './edge-alerts.ts';
import { unlessOff } from './unless-off.ts';

/** What a service keeps its data in, as it sees it itself. */
export function storeAlerts({
  namespace,
  service: { name: service, owner, uses },
  thresholds,
}: AlertedService): Alert[] {
  const of = { namespace, service };
  const stores = storeKindsOf(uses).map((kind) => storeDurations[kind]);
  return [
    ...stores.flatMap(({ store, duration }) =>
      unlessOff(
        thresholds.storeFailing,
        (percent): Alert => ({
          name: 'StoreFailing',
          severity: 'warning',
          concern: 'stores',
          service,
          owner,
          labels: { store },
          seen: { panel: 'store-failures', above: [percent] },
          when: and(
            above(failedCommandsPercent(duration, of, '10m'), percent),
            atLeast(failedCommands(duration, of, '10m'), fewestFailures),
            { on: [] },
          ),
          for: '5m',
          summary: `What ${namespace}/${service} asks its ${store} store fails`,
          description: `{{ $value | printf "%.0f" }} % of what it asked its ${store} store in ten minutes ended in an error. What needs the store is answered with 503.`,
        }),
      ),
    ),
    ...(uses.database
      ? unlessOff(
          thresholds.databaseConnectionsExhausted,
          (queries): Alert => ({
            name: 'DatabaseConnectionsExhausted',
            seen: { panel: 'waiting-queries', above: [queries] },
            severity: 'warning',
            concern: 'database',
            service,
            owner,
            when: atLeast(
              max(lowest(series(databaseConnections, { ...of, state: 'waiting' }), '2m'), ['pod']),
              queries,
            ),
            for: '5m',
            summary: `${namespace}/${service} has too few connections to its database`,
            description: `In {{ $labels.pod }} at least {{ $value | printf "%.0f" }} queries have waited for a connection all the time: answers are slow, and time out at last.`,
          }),
        )
      : []),
  ];
}
