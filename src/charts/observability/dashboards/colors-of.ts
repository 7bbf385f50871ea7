import type { Alert } from '../alerts/alert.ts';
import type { Color, Colors, Step } from './panel.ts';

const colors: Readonly<Record<Alert['severity'], Color>> = { critical: 'red', warning: 'orange', none: 'blue' };

/** The colours of a panel by the alerts that are to be seen on it: that of an alert from where it is told. */
export function colorsOf(alerts: readonly Alert[]): Colors {
  const under = alerts
    .flatMap(({ seen, severity }) => (seen.below === undefined ? [] : [{ value: seen.below, color: colors[severity] }]))
    .toSorted((one, other) => one.value - other.value);
  const past = alerts.flatMap(({ seen, severity }) =>
    (seen.above ?? []).map((from): Step => ({ from, color: colors[severity] })),
  );
  // Up to each value the colour is that of its own alert, so from there on it is that of the next.
  const rising = under.map(({ value }, index): Step => ({ from: value, color: under[index + 1]?.color ?? 'green' }));
  const steps = [...rising, ...past].toSorted((one, other) => one.from - other.from);
  return { lowest: under[0]?.color ?? 'green', steps };
}
