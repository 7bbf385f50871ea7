import type { Vector } from '../promql/index.ts';

/** What a panel's values are in, as Grafana calls it. */
export type Unit =
  | 'short'
  | 'none'
  | 'reqps'
  | 'ops'
  | 's'
  | 'bytes'
  | 'Bps'
  | 'percent'
  | 'percentunit'
  | 'cores'
  | 'perMinute';

/** One expression of a panel. */
export interface Query {
  readonly show: Vector<string>;
  /** What each of its series is called: a text, in which `{{pod}}` is that label of the series. */
  readonly as: string;
  /** Whether sampled requests, with their traces, are drawn as points. @default false */
  readonly exemplars?: boolean;
}

/**
 * How a panel shows its values: as lines, as areas on top of one another, as the last number of each series, as a bar of each, or as a band of each that
 * has the colour of its state.
 */
export type Look = 'lines' | 'areas' | 'numbers' | 'bars' | 'states';

/** A state that a value stands for. */
export interface State {
  readonly value: number;
  readonly text: string;
  readonly color: Color;
}

export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue';

/** From which value on something has a colour. */
export interface Step {
  readonly from: number;
  readonly color: Color;
}

/** The colours of a panel's values. */
export interface Colors {
  /** That of those below all steps. */
  readonly lowest: Color;
  /** Rising. */
  readonly steps: readonly Step[];
}

/** What a panel is to show. Where it stands, what it is linked with and which of its values are told somebody follows from the dashboard that it is on. */
export interface Panel {
  /** What it is known by among those of a dashboard: its address follows from it, and alerts name it. */
  readonly name: string;
  readonly title: string;
  /** What it says, and what to think of it. */
  readonly description: string;
  readonly unit: Unit;
  readonly look: Look;
  readonly queries: readonly [Query, ...Query[]];
  /** Of the 24 columns that a dashboard has. @default - 4 for numbers, else 12 */
  readonly width?: number;
  /** Whether its axis goes below 0 where values do. @default false */
  readonly mayBeNegative?: true;
  /** The end of its axis. @default - the highest value */
  readonly max?: number;
  /** What its values stand for. @default - themselves */
  readonly states?: readonly State[];
  /** The colours of its values, from the lowest on. @default - those of the alerts that it is linked with, or none */
  readonly steps?: readonly Step[];
  /** What a series opens, by what it is called. @default - nothing */
  readonly opens?: Readonly<Record<string, Link>>;
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

/** Panels that belong together. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** An id by the name, so that it stays the same whatever else is on the dashboard: FNV-1a, in 31 bits. */
export function panelId(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash & 0x7fffffff;
}
