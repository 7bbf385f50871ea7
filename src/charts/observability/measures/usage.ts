import { nodeProcess } from '../catalogue/index.ts';
import {
  avg,
  type Matchers,
  max,
  rate,
  ratio,
  type Span,
  series,
  sum,
  type TargetLabel,
  times,
  totalOf,
  type Vector,
} from '../promql/index.ts';

/** Whose processes. */
export type ProcessesOf = Matchers<typeof nodeProcess.processCpuSecondsTotal>;

const byPod = ['pod'] as const;

/** How many cores each process uses. */
export function coresUsed(of: ProcessesOf, over: Span) {
  return rate(series(nodeProcess.processCpuSecondsTotal, of), over);
}

/** Of what was asked for, in per cent, on average. @param cores what each asked for @param by the labels that stay. @default - none */
export function cpuPercent<const By extends TargetLabel = never>(
  of: ProcessesOf,
  over: Span,
  cores: number,
  by: readonly By[] = [],
): Vector<By> {
  return times(100, ratio(avg(coresUsed(of, over), by), cores));
}

/** Bytes of memory of each pod, as its process has them. */
export function memoryUsed(of: ProcessesOf) {
  return max(series(nodeProcess.processResidentMemoryBytes, of), byPod);
}

/** The same in per cent of what it may have. @param bytes its limit */
export function memoryPercent(of: ProcessesOf, bytes: number) {
  return times(100, ratio(memoryUsed(of), bytes));
}

/** By how many seconds the event loop of each pod comes late, at most in 99 of 100 turns. */
export function eventLoopLag(of: ProcessesOf) {
  return max(series(nodeProcess.nodejsEventloopLagP99Seconds, of), byPod);
}

/** The part of the time that the processes of each pod collect garbage. */
export function collectingShare(of: ProcessesOf, over: Span) {
  return sum(rate(totalOf(nodeProcess.nodejsGcDurationSeconds, of), over), byPod);
}
