import { type Duration, toMilliseconds } from '../../model/index.ts';
import { numberFrom, secondsFrom, urlFrom, wrongOption } from '../option-values.ts';
import type { GivenSurroundings } from './assumptions.ts';
import { longestTrace } from './traces/longest-trace.ts';
import { type ProfileName, profileNames } from './traces/profile-trace.ts';

/** The options as they were given. */
export interface GivenOptions {
  readonly service: readonly string[];
  readonly environment: string;
  readonly profile?: string;
  readonly peak?: string;
  readonly trace?: string;
  readonly prometheus?: string;
  readonly from?: string;
  readonly to?: string;
  readonly for?: string;
  readonly compare?: string;
  readonly optimise?: true;
  readonly slo?: string;
  readonly podStart?: string;
  readonly cpuPerRequest?: string;
  readonly cpuAtRest?: string;
  readonly cpuRequest?: string;
  readonly capacity?: string;
  readonly podHourCost?: string;
  readonly hpaSync?: string;
  readonly hpaTolerance?: string;
  readonly metricsInterval?: string;
  readonly json?: true;
  readonly out: string;
}

/** Where the traffic comes from. */
export type Source =
  /** Without a peak it follows from each declaration. */
  | { readonly kind: 'profile'; readonly profile: ProfileName; readonly peak: number | undefined }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'prometheus'; readonly url: URL; readonly from: Date; readonly to: Date };

export interface SimulateOptions {
  readonly source: Source;
  readonly given: GivenSurroundings;
  /** The part of time in which there is to be enough capacity, where a table is to be proposed. */
  readonly slo: number | undefined;
}

const fastest = 1_000_000;
const longest: Duration = `${longestTrace / 86_400}d`;
const sources = ['profile', 'trace', 'prometheus'] as const;
/** What is said only beside one of them. */
const beside = { peak: 'profile', from: 'prometheus', to: 'prometheus', for: 'prometheus', slo: 'optimise' } as const;

/** @throws CommandError with the first that is wrong */
export function simulateOptions(given: GivenOptions, now: Date): SimulateOptions {
  const [source = 'profile', ...others] = sources.filter((each) => given[each] !== undefined);
  if (others[0])
    throw wrongOption(
      `--${others[0]}`,
      given[others[0]] ?? '',
      `one of ${sources.map((each) => `--${each}`).join(', ')}`,
      `leave it out, or --${source}`,
    );
  for (const [name, needed] of Object.entries(beside) as [
    keyof typeof beside,
    (typeof beside)[keyof typeof beside],
  ][]) {
    const got = given[name];
    const isThere = needed === source || (needed === 'optimise' && given.optimise);
    if (got !== undefined && !isThere)
      throw wrongOption(`--${name}`, got, `only with --${needed}`, `leave it out, or add --${needed}`);
  }
  return {
    source: sourceFrom(source, given, now),
    given: surroundingsFrom(given),
    slo: given.optimise ? numberFrom('--slo', given.slo ?? '99.9', 1, 100, 'per cent of time') / 100 : undefined,
  };
}

function sourceFrom(source: (typeof sources)[number], given: GivenOptions, now: Date): Source {
  switch (source) {
    case 'profile': {
      const profile = profileNames.find((name) => name === (given.profile ?? 'day'));
      if (!profile)
        throw wrongOption('--profile', given.profile ?? '', profileNames.join(' | '), 'choose one of these');
      const { peak } = given;
      return {
        kind: 'profile',
        profile,
        peak: peak === undefined ? undefined : numberFrom('--peak', peak, 0.1, fastest, 'requests per second'),
      };
    }
    case 'trace':
      return { kind: 'file', path: given.trace ?? '' };
    case 'prometheus':
      return { kind: 'prometheus', url: urlFrom('--prometheus', given.prometheus ?? ''), ...spanFrom(given, now) };
  }
}

function spanFrom(given: GivenOptions, now: Date): { from: Date; to: Date } {
  if (given.from !== undefined && given.to !== undefined && given.for !== undefined)
    throw wrongOption('--for', given.for, 'two of --from, --to and --for', 'leave one of them out');
  const seconds = secondsFrom('--for', given.for ?? '1d', '1m', longest);
  const [from, to] = [
    given.from === undefined ? undefined : dateFrom('--from', given.from),
    given.to === undefined ? undefined : dateFrom('--to', given.to),
  ];
  const end = to ?? (from && given.for !== undefined ? new Date(from.getTime() + seconds * 1_000) : now);
  const start = from ?? new Date(end.getTime() - seconds * 1_000);
  const length = end.getTime() - start.getTime();
  if (length < 60_000 || length > toMilliseconds(longest))
    throw wrongOption(
      given.to === undefined ? '--from' : '--to',
      given.to ?? given.from ?? '',
      `from 1m to ${longest} between --from and --to`,
      'choose another time',
    );
  return { from: start, to: end };
}

function dateFrom(option: string, text: string): Date {
  const milliseconds = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(milliseconds))
    throw wrongOption(option, text, 'a time with its zone', `such as ${option} 2026-11-22T10:00:00Z`);
  return new Date(milliseconds);
}

function surroundingsFrom(given: GivenOptions): GivenSurroundings {
  const { podStart, cpuPerRequest, cpuAtRest, cpuRequest, capacity, podHourCost } = given;
  const { hpaSync, hpaTolerance, metricsInterval } = given;
  return {
    ...(podStart !== undefined && { podStart: secondsFrom('--pod-start', podStart, '0s', '1h') }),
    ...(cpuPerRequest !== undefined && { cpuPerRequest: processorTime('--cpu-per-request', cpuPerRequest) }),
    ...(cpuAtRest !== undefined && { cpuAtRest: processors('--cpu-at-rest', cpuAtRest, 0) }),
    ...(cpuRequest !== undefined && { cpuRequest: processors('--cpu-request', cpuRequest, 1) }),
    ...(capacity !== undefined && {
      capacityPerPod: numberFrom('--capacity', capacity, 0.001, fastest, 'requests per second of one pod'),
    }),
    ...(podHourCost !== undefined && {
      podHourCost: numberFrom('--pod-hour-cost', podHourCost, 0, fastest, 'in any currency'),
    }),
    ...(hpaSync !== undefined && { hpaSync: wholeSeconds('--hpa-sync', hpaSync) }),
    ...(hpaTolerance !== undefined && {
      hpaTolerance: numberFrom('--hpa-tolerance', hpaTolerance, 0, 100, 'per cent') / 100,
    }),
    ...(metricsInterval !== undefined && { metricsInterval: wholeSeconds('--metrics-interval', metricsInterval) }),
  };
}

/** What is simulated second by second happens in one of them. */
function wholeSeconds(option: string, text: string): number {
  const seconds = secondsFrom(option, text, '1s', '10m');
  if (Number.isInteger(seconds)) return seconds;
  throw wrongOption(option, text, 'whole seconds', 'write them without a fraction');
}

/** Milliseconds of a processor, also parts of one, in seconds. */
function processorTime(option: string, text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)ms$/.exec(text) ?? [];
  const milliseconds = Number(number);
  if (milliseconds > 0 && milliseconds <= 60_000) return milliseconds / 1_000;
  throw wrongOption(option, text, 'milliseconds of one processor, above 0ms to 60000ms', `such as ${option} 3.5ms`);
}

/** Processors, or thousandths of one. @param least thousandths */
function processors(option: string, text: string, least: number): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(m?)$/.exec(text) ?? [];
  const thousandths = Number(number) * (unit === 'm' ? 1 : 1_000);
  if (thousandths >= least && thousandths <= 1_000_000) return thousandths / 1_000;
  throw wrongOption(option, text, `processors from ${least}m to 1000, such as 0.5 or 250m`, `such as ${option} 50m`);
}
