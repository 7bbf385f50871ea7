import type { Scaling } from '../../model/index.ts';

/** Traffic over time. */
export interface Trace {
  /** Such as the file that it was read from, or the profile. */
  readonly name: string;
  /** In the order of time, the first at 0. From one to the next the rate is that of the former. At the last one the trace ends. */
  readonly points: readonly TracePoint[];
  /** The moment of its first point, for schedules. @default - midnight of a Monday, in UTC */
  readonly startsAt?: Date;
}

export interface TracePoint {
  /** Seconds since the start of the trace. */
  readonly at: number;
  /** Requests per second. */
  readonly perSecond: number;
}

/** What a declaration does not say, and scaling depends on. */
export interface Surroundings {
  /** Seconds between two looks of the HPA controller. */
  readonly hpaSync: number;
  /** The part by which the pods that are wanted may differ from those that there are before the HPA controller acts. */
  readonly hpaTolerance: number;
  /** Seconds between two measurements of CPU by metrics-server. */
  readonly metricsInterval: number;
  /** Seconds from a pod's creation until it is Ready. */
  readonly podStart: number;
  /** Seconds of one processor that a request takes. */
  readonly cpuPerRequest: number;
  /** Processors that a pod uses without a request. */
  readonly cpuAtRest: number;
  /** Processors that a pod requests. */
  readonly cpuRequest: number;
  /** Processors that a pod may use. @default - as many as it needs */
  readonly cpuLimit?: number;
  /** Seconds from a pod's creation in which the HPA controller trusts its use of CPU only once a whole measurement has seen it Ready. @default 300 */
  readonly cpuInitialization?: number;
  /** Requests per second that one pod answers in time. */
  readonly capacityPerPod: number;
  /** What a pod costs in an hour, in any currency. */
  readonly podHourCost: number;
  /** Of that cost. @default - nobody knows */
  readonly currency?: string;
}

/** One second of a simulation. */
export interface Moment {
  /** Seconds since the start of the trace. */
  readonly at: number;
  /** Requests per second that come. */
  readonly perSecond: number;
  /** Pods that there are, Ready or not. */
  readonly pods: number;
  /** Those that answer requests. */
  readonly ready: number;
}

/** A change of the number of pods. */
export interface ScaleEvent {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** What a declaration makes of a trace. */
export interface Simulation {
  readonly scaling: Scaling;
  /** One for each second of the trace. */
  readonly moments: readonly Moment[];
  readonly events: readonly ScaleEvent[];
}
