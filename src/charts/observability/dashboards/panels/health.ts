import { prometheus } from '../../catalogue/index.ts';
import { constant, count, group, labelled, or, series, times } from '../../promql/index.ts';
import type { Panel, State } from '../panel.ts';

/** Those that somebody is told of. */
const firing = { alertstate: 'firing', severity: { in: ['critical', 'warning'] } } as const;

/** How many alerts fire. @param service whose. @default - of the system as a whole and all that is in it */
export function alertsNow({ namespace, service }: { readonly namespace: string; readonly service?: string }): Panel {
  const of = { namespace, ...firing, ...(service !== undefined && { service }) };
  return {
    name: 'alerts-now',
    title: 'Alerts',
    description: 'Alerts that fire now, critical ones and warnings. What to do about each stands in its runbook.',
    unit: 'none',
    look: 'numbers',
    queries: [{ show: or(count(series(prometheus.alerts, of)), constant(0)), as: 'firing' }],
    steps: [{ from: 1, color: 'red' }],
  };
}

const states: readonly State[] = [
  { value: 0, text: 'well', color: 'green' },
  { value: 1, text: 'warning', color: 'yellow' },
  { value: 2, text: 'critical', color: 'red' },
];

/** How each part of a system is, by the alerts about it. @param parts services, and what else alerts are about, each with the uid of the dashboard on which more of it stands */
export function health(namespace: string, parts: Readonly<Record<string, string>>): Panel {
  const of = { namespace, alertstate: 'firing' } as const;
  const critical = group(series(prometheus.alerts, { ...of, severity: 'critical' }), ['service']);
  const warned = group(series(prometheus.alerts, { ...of, severity: 'warning' }), ['service']);
  return {
    name: 'health',
    title: 'Health at a glance',
    description:
      'Each part of the system by the worst alert about it that fires. A click on a band opens the dashboard of the service.',
    unit: 'none',
    look: 'states',
    width: 24,
    // Later ones count where none before them has such a label.
    queries: [
      {
        show: or(
          times(2, critical),
          warned,
          ...Object.keys(parts).map((part) => labelled<never, 'service'>(constant(0), 'service', part)),
        ),
        as: '{{service}}',
      },
    ],
    states,
    opens: Object.fromEntries(
      Object.entries(parts).map(([part, uid]) => [part, { title: `More of ${part}`, url: `/d/${uid}` }]),
    ),
  };
}
