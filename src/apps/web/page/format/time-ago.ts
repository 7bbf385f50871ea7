const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** After these an age says less than a date. */
const longestAge = 7 * 86_400_000;

const languages = undefined;
const age = new Intl.RelativeTimeFormat(languages, { numeric: 'auto', style: 'short' });
const dayOfThisYear = new Intl.DateTimeFormat(languages, { day: 'numeric', month: 'long' });
const day = new Intl.DateTimeFormat(languages, { day: 'numeric', month: 'long', year: 'numeric' });
const moment = new Intl.DateTimeFormat(languages, { dateStyle: 'full', timeStyle: 'short' });

/** Such as `now`, `5 min ago`, `yesterday`, `3 May`, `3 May 2024`. A moment to come is now: clocks differ. @param now milliseconds */
export function timeAgo(time: Date, now: number): string {
  const passed = now - time.getTime();
  if (passed >= longestAge) {
    return (time.getFullYear() === new Date(now).getFullYear() ? dayOfThisYear : day).format(time);
  }
  const [unit, length] = units.find(([, each]) => passed >= each) ?? ['second', 0];
  return length === 0 ? age.format(0, 'second') : age.format(-Math.floor(passed / length), unit as 'day');
}

/** The whole moment, such as `Saturday 3 May 2025 at 14:05`. */
export function fullTime(time: Date): string {
  return moment.format(time);
}
