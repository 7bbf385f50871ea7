import type { Pods } from './pods.ts';
import type { RunningSum } from './running-sum.ts';

/** What there is to be seen at a moment. */
export interface Sight {
  /** Seconds since the start of the trace. */
  readonly now: number;
  readonly pods: Pods;
  /** Requests that come in the second that begins. */
  readonly perSecond: number;
  /** Requests that each pod has had that was Ready all the time. */
  readonly perPod: RunningSum;
  /** Seconds of a processor that such a pod has used. */
  readonly used: RunningSum;
}
