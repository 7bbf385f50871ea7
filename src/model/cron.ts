import { z } from 'zod';
import { type Rule, rule } from './declaration-error.ts';

const fields = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12 },
  { name: 'day of the week', from: 0, to: 6 },
] as const;

const allowed =
  "five fields: the minute as one number, then hour, day of the month, month and day of the week, each as numbers, ranges, lists, steps or *, such as '17 3 * * *'";

/**
 * When something is done again and again, as a CronJob says it, at most once an hour: its minute is one number. Numbers only, no names such as MON; Sunday is 0, as neither Kubernetes nor KEDA knows a 7.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
export const cronSchedule = z.string({ error: rule(allowed, 'write all five') }).superRefine((given, context) => {
  const mistake = mistakeIn(given);
  if (mistake) context.addIssue({ code: 'custom', params: mistake, input: given });
});

function mistakeIn(schedule: string): Rule | undefined {
  const parts = schedule.split(' ');
  if (parts.length !== fields.length) return { allowed, fix: 'write five fields with one space between them' };
  for (const [index, { name, from, to }] of fields.entries())
    if (!valuesOf(parts[index] ?? '', from, to))
      return { allowed, fix: `correct the ${name}, which is of ${from} to ${to}` };
  if (!/^\d+$/.test(parts[0] ?? '')) return { allowed, fix: 'write the minute as one number' };
  // Such as the 31st of February.
  return longestPause(schedule) === Infinity ? { allowed, fix: 'name a day that there is each year' } : undefined;
}

/** The numbers that a field stands for; undefined where it is none. */
function valuesOf(field: string, from: number, to: number): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, range = '', low, high, step] = /^(\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (range === '') return undefined;
    const first = low === undefined ? from : Number(low);
    const last = low === undefined || (high === undefined && step !== undefined) ? to : Number(high ?? low);
    if (first < from || last > to || first > last || Number(step ?? 1) < 1) return undefined;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

const hour = 60 * 60;
/** Over so long even the 29th of February comes, in days. */
const looked = 366 * 9;

/** The longest time between two runs of a valid schedule, in seconds, whatever the clocks are set to; Infinity if it never runs. */
export function longestPause(schedule: string): number {
  const { isDay, hours } = readSchedule(schedule);
  const start = Date.UTC(2024, 0, 1);
  let last: number | undefined;
  let longest = 0;
  let runs = 0;
  for (let day = 0; day < looked; day++) {
    if (!isDay(new Date(start + day * 24 * hour * 1_000))) continue;
    for (const each of hours) {
      const at = (day * 24 + each) * hour;
      if (last !== undefined) longest = Math.max(longest, at - last);
      last = at;
      runs++;
    }
  }
  return runs > 1 ? longest : Infinity;
}

/**
 * When a valid schedule runs next by the clocks of a time zone. A time that they leave out in spring is an hour later.
 * @param after seconds since the Epoch, as the result
 */
export function nextRun(schedule: string, after: number, timezone: string): number {
  const { isDay, hours, minute } = readSchedule(schedule);
  const now = Temporal.Instant.fromEpochMilliseconds(Math.floor(after * 1_000)).toZonedDateTimeISO(timezone);
  for (let day = 0; day < looked; day++) {
    const date = now.toPlainDate().add({ days: day });
    if (!isDay(new Date(`${date}T00:00Z`))) continue;
    for (const each of hours) {
      const run = date.toZonedDateTime({ timeZone: timezone, plainTime: { hour: each, minute } });
      if (run.epochMilliseconds / 1_000 > after) return run.epochMilliseconds / 1_000;
    }
  }
  return Infinity;
}

/** What a valid schedule says. */
function readSchedule(schedule: string) {
  const [minute, hours = '', days = '', months = '', weekdays = ''] = schedule.split(' ');
  const setOf = (field: string, index: 1 | 2 | 3 | 4) => {
    const { from, to } = fields[index];
    return valuesOf(field, from, to) ?? new Set<number>();
  };
  const [ofDays, ofMonths, ofWeekdays] = [setOf(days, 2), setOf(months, 3), setOf(weekdays, 4)];
  // Where both name days, one of the two is enough.
  const isEither = !days.startsWith('*') && !weekdays.startsWith('*');
  return {
    minute: Number(minute),
    hours: [...setOf(hours, 1)].sort((one, other) => one - other),
    /** @param date its midnight, in UTC */
    isDay: (date: Date) => {
      const fits = [ofDays.has(date.getUTCDate()), ofWeekdays.has(date.getUTCDay())];
      return ofMonths.has(date.getUTCMonth() + 1) && (isEither ? fits.some(Boolean) : fits.every(Boolean));
    },
  };
}

/** The same schedule at another minute of its hour. */
export function shifted(schedule: string, minutes: number): string {
  const [minute = '', ...others] = schedule.split(' ');
  return [(Number(minute) + minutes) % 60, ...others].join(' ');
}
