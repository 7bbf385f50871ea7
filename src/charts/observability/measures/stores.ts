import {
  databaseQueryDuration,
  keyValueCommandDuration,
  objectStoreCommandDuration,
  type StoreKind,
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

/** How many commands a store was given in a time. */
export function commands(duration: Duration, of: CommandsOf, over: Span) {
  return sum(increase(observations<Duration>(duration, of), over));
}

/** How many of them ended in an error. */
export function failedCommands(duration: Duration, of: CommandsOf, over: Span) {
  return sum(increase(observations<Duration>(duration, { ...of, outcome: 'error' }), over));
}

/** How many of them ended in an error, in per cent. No number where there were none. */
export function failedCommandsPercent(duration: Duration, of: CommandsOf, over: Span) {
  return times(100, ratio(failedCommands(duration, of, over), commands(duration, of, over)));
}

/** The same, and 0 where there were none. */
export function failedCommandsPercentOrNone(duration: Duration, of: CommandsOf, over: Span) {
  // What is no number is not at least 0.
  return or(atLeast(failedCommandsPercent(duration, of, over), 0), times(0, commands(duration, of, over)));
}

/** Commands per second, by what they are. */
export function commandsPerSecond(kind: StoreKind, of: CommandsOf, over: Span): Vector<string> {
  if (kind === 'database') return sum(rate(observations(databaseQueryDuration, of), over), ['statement']);
  return sum(rate(observations(commanded[kind], of), over), ['command']);
}

/** In how many seconds a share of the commands was answered at most, by what they are. */
export function commandsWithin(share: number, kind: StoreKind, of: CommandsOf, over: Span): Vector<string> {
  if (kind === 'database')
    return quantileOf<'statement'>(share, sum(rate(buckets(databaseQueryDuration, of), over), ['le', 'statement']));
  return quantileOf<'command'>(share, sum(rate(buckets(commanded[kind], of), over), ['le', 'command']));
}

/** What a command of a kind of store is told by. */
export function commandLabel(kind: StoreKind): 'statement' | 'command' {
  return kind === 'database' ? 'statement' : 'command';
}

const commanded = { keyValue: keyValueCommandDuration, objects: objectStoreCommandDuration };
