import { type Duration, parseVariable, toMilliseconds } from '../model/index.ts';
import { CommandError } from './run-command.ts';
import { withoutPassword } from './without-password.ts';

/** A value that an option does not take. */
export function wrongOption(
  option: string,
  got: string | readonly string[],
  allowed: string,
  fix: string,
): CommandError {
  return new CommandError(`${option}: got ${got}; allowed: ${allowed}; fix: ${fix}`, 2);
}

/** A number within limits. @param what what it counts @throws CommandError */
export function numberFrom(option: string, text: string, least: number, most: number, what: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw wrongOption(option, text, `a number from ${least} to ${most}: ${what}`, 'write one in that range');
}

/** A whole number within limits. @throws CommandError */
export function wholeFrom(option: string, text: string, min: number, max: number): number {
  const parsed = parseVariable({ type: 'integer', min, max }, text);
  if ('value' in parsed) return Number(parsed.value);
  throw wrongOption(option, text, parsed.allowed, parsed.fix);
}

/** A duration within limits, in seconds. @throws CommandError */
export function secondsFrom(option: string, text: string, least: Duration, most: Duration): number {
  const parsed = parseVariable({ type: 'duration' }, text);
  if ('allowed' in parsed) throw wrongOption(option, text, parsed.allowed, parsed.fix);
  const time = toMilliseconds(text as Duration);
  if (time >= toMilliseconds(least) && time <= toMilliseconds(most)) return time / 1_000;
  throw wrongOption(option, text, `a duration from ${least} to ${most}`, 'choose one in that range');
}

/** Where a Prometheus answers. May carry a name and a password. @throws CommandError */
export function urlFrom(option: string, text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw wrongOption(
      option,
      withoutPassword(text),
      'the URL of a Prometheus',
      `such as ${option} http://127.0.0.1:9090`,
    );
  return url;
}
