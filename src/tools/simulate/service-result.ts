import type { Html } from '../report/html.ts';
import type { Candidate } from './alternatives.ts';
import type { Assumption } from './assumptions.ts';
import type { ScaleEvent, Simulation, Surroundings, Trace } from './simulation.ts';
import type { Summary } from './summary.ts';
import type { Recorded } from './traces/report-traces.ts';

/** A scaling and what it makes of the traffic. */
export interface Outcome extends Candidate {
  readonly summary: Summary;
  readonly events: readonly ScaleEvent[];
}

/** What is drawn of a service. */
export interface Drawn {
  readonly trace: Trace;
  readonly surroundings: Surroundings;
  /** The declared one first. */
  readonly outcomes: readonly (Candidate & { readonly simulation: Simulation; readonly summary: Summary })[];
  /** The pods that there were in a load test whose report is the trace. @default - it is none */
  readonly recorded?: Recorded['pods'];
}

/** What was simulated of a service. */
export interface ServiceResult {
  readonly service: string;
  readonly trace: Trace;
  readonly surroundings: Surroundings;
  readonly assumptions: readonly Assumption[];
  /** The declared one first. */
  readonly outcomes: readonly Outcome[];
  /** Drawn already: the moments of all services at once would need some GB. */
  readonly plots: readonly Html[];
  /** The table that is proposed, as it would be declared. @default - none was asked for, or none was found */
  readonly proposed?: string;
  /** What one has to know to read it. */
  readonly notes: readonly string[];
}

/** What was simulated of a system. */
export interface SystemResult {
  readonly system: string;
  readonly environment: string;
  /** How the command was called, without its name. */
  readonly called: readonly string[];
  readonly services: readonly ServiceResult[];
}
