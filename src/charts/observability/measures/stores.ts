import {
  databaseQueryDuration,
  keyValueCommandDuration,
  objectStoreCommandDuration,
  type StoreKind,
  type Uses,
} from '../../../model/index.ts';
import {
  atLeast,
  buckets,
  increase,
  observations,
  or,
  quantileOf,
  rate,
  ratio,
  type Span,
  sum,
  times,
  type Vector,
} from '../promql/index.ts';

/** What services measure of each kind of store that they use, and what alerts call it. */
export const storeDurations = {
  database: { store: 'database', duration: databaseQueryDuration },
  keyValue: { store: 'key-value', duration: keyValueCommandDuration },
  objects: { store: 'objects', duration: objectStoreCommandDuration },
} as const satisfies Record<StoreKind, unknown>;

type Duration = (typeof storeDurations)[StoreKind]['duration'];

/** Whose commands. */
export interface CommandsOf {
  readonly namespace: string;
  readonly service?: string;
  readonly pod?: { readonly like: string };
}

/** How many commands a store was given in a time. @param by the labels that stay. @default - none */
export function commands<const By extends 'service' = never>(
  duration: Duration,
  of: CommandsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  return sum(increase(observations<Duration>(duration, of), over), by);
}

/** How many of them ended in an error. */
export function failedCommands<const By extends 'service' = never>(
  duration: Duration,
  of: CommandsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  return sum(increase(observations<Duration>(duration, { ...of, outcome: 'error' }), over), by);
}

/** How many of them ended in an error, in per cent. No number where there were none. */
export function failedCommandsPercent<const By extends 'service' = never>(
  duration: Duration,
  of: CommandsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  return times(100, ratio(failedCommands(duration, of, over, by), commands(duration, of, over, by)));
}

/** The same, and 0 where there were none. */
export function failedCommandsPercentOrNone<const By extends 'service' = never>(
  duration: Duration,
  of: CommandsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  // What is no number is not at least 0.
  return or(atLeast(failedCommandsPercent(duration, of, over, by), 0), times(0, commands(duration, of, over, by)));
}

/** By what a command of a kind of store is told. */
export const commandLabels = {
  database: 'statement',
  keyValue: 'command',
  objects: 'command',
} as const satisfies Record<StoreKind, string>;

/** What series of commands are told apart by: what the command is, or who gave it. */
export type CommandsBy = (typeof commandLabels)[StoreKind] | 'service';

/** Commands per second. @param by a label that those of the store have */
export function commandsPerSecond(duration: Duration, of: CommandsOf, over: Span, by: CommandsBy): Vector<string> {
  return sum<string, string>(rate(observations<Duration>(duration, of), over), [by]);
}

/** In how many seconds a share of the commands was answered at most. @param by a label that those of the store have */
export function commandsWithin(
  share: number,
  duration: Duration,
  of: CommandsOf,
  over: Span,
  by: CommandsBy,
): Vector<string> {
  return quantileOf<string>(share, sum<string, string>(rate(buckets<Duration>(duration, of), over), ['le', by]));
}

/** The kinds of stores that a service uses. */
export function storeKindsOf(uses: Uses): StoreKind[] {
  return (Object.keys(storeDurations) as StoreKind[]).filter((kind) => uses[kind]);
}
