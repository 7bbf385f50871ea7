import { type Duration, type Environment, type Scaling, type Service, toSeconds } from '../../src/model/index.ts';

/** What Prometheus scraped: a series, and its values minute by minute as promtool writes them. */
export interface ScrapedSeries {
  readonly series: string;
  readonly values: string;
}

/** What the cluster might look like to Prometheus. */
interface Case {
  /** What it is, for whoever reads that it failed. */
  readonly what: string;
  readonly series: readonly ScrapedSeries[];
}

/** One of which somebody must be told. */
export interface FiringCase extends Case {
  /** From which minute on it is so. It fires once it has been so for the `for` of its rule, and not a minute before. @default 0 */
  readonly since?: number;
  /** The minute until which it goes on firing without a break. @default - it is looked at once */
  readonly still?: number;
  /** The minute by which it no longer fires, where the case goes on after what was wrong. @default - it is not looked at */
  readonly over?: number;
}

/** One of which nobody may be told. */
export interface SilentCase extends Case {
  /** For so many minutes. */
  readonly until: number;
}

export interface Proof {
  readonly fires: readonly FiringCase[];
  readonly silent: readonly SilentCase[];
}

/** A rendered alert, with what it was rendered from. */
export interface ProvedRule<Threshold = never> {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What its threshold is there. An alert without one has none. */
  readonly threshold: Threshold;
  readonly environment: Environment;
  /** The service that it is about, where that has a declaration. */
  readonly service?: Service;
  readonly scaling?: Scaling;
}

/** How the series of one rendered alert must look for it to fire, and how they may look without. */
export type ProofOf<Threshold = never> = (rule: ProvedRule<Threshold>) => Proof;

/** A series by its name and labels. */
export function scraped(name: string, labels: Readonly<Record<string, string>>, values: string): ScrapedSeries {
  const text = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return { series: `${name}{${text.join(',')}}`, values };
}

/** Values of a counter that is no longer new, so that none of its rise is lost. @param perMinute by how much it rises */
export function rising(perMinute: number, minutes: number): string {
  return `${1_000 * Math.max(1, perMinute)}+${perMinute}x${minutes}`;
}

/** From which minute on a rate over so many minutes has all of what such a counter does. */
export function seenOver(minutes: number): number {
  return minutes - 1;
}

/** Values that are so for a minute less than it takes, and then are not. */
export function tooShort(threshold: Duration, so: number, not: number): string {
  return `${so}x${toSeconds(threshold) / 60 - 1} ${not}x20`;
}
