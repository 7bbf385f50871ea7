import type { Alerting } from '../../../model/index.ts';

/** A stretch of a day, and the days that have it. */
export interface QuietTime {
  /** @default - the whole day */
  readonly times?: readonly { readonly from: string; readonly to: string }[];
  /** @default - each day */
  readonly weekdays?: readonly string[];
}

/** The quiet hours, none of which may pass midnight. */
export function quietTimes({ from, to, weekends }: NonNullable<Alerting['quietHours']>): QuietTime[] {
  const midnight = '00:00';
  const endOfDay = '24:00';
  const times =
    from < to ? [{ from, to }] : [{ from, to: endOfDay }, ...(to === midnight ? [] : [{ from: midnight, to }])];
  return [{ times }, ...(weekends ? [{ weekdays: ['saturday', 'sunday'] }] : [])];
}
