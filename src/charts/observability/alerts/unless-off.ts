import type { Alert } from './alert.ts';

/** The alert, unless its threshold switches it off, or it has none. */
export function unlessOff<Threshold>(
  threshold: Threshold | 'off' | undefined,
  alert: (threshold: Threshold) => Alert,
): Alert[] {
  return threshold === 'off' || threshold === undefined ? [] : [alert(threshold)];
}
