import {
  databaseConnections,
  databaseQueryDuration,
  keyValueCommandDuration,
  objectStoreCommandDuration,
} from '../../../model/index.ts';
import {
  above,
  and,
  atLeast,
  increase,
  lowest,
  max,
  observations,
  ratio,
  series,
  sum,
  times,
} from '../promql/index.ts';
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
  const failed = { ...of, outcome: 'error' } as const;
  const stores = [
    ...(uses.database ? [{ store: 'database', duration: databaseQueryDuration }] : []),
    ...(uses.keyValue ? [{ store: 'key-value', duration: keyValueCommandDuration }] : []),
    ...(uses.objects ? [{ store: 'objects', duration: objectStoreCommandDuration }] : []),
  ].map(({ store, duration }) => {
    const failures = sum(increase(observations(duration, failed), '10m'));
    const all = sum(increase(observations(duration, of), '10m'));
    return { store, failures, share: times(100, ratio(failures, all)) };
  });
  return [
    ...stores.flatMap(({ store, failures, share }) =>
      unlessOff(
        thresholds.storeFailing,
        (percent): Alert => ({
          name: 'StoreFailing',
          severity: 'warning',
          concern: 'stores',
          service,
          owner,
          labels: { store },
          when: and(above(share, percent), atLeast(failures, fewestFailures), { on: [] }),
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
