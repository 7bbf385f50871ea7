import type { Duration } from '../../../model/index.ts';
import type { Vector } from '../promql/index.ts';

/** How soon somebody must look: at once, in working hours, or never, as it is for machines. */
export type Severity = 'critical' | 'warning' | 'none';

/**
 * What an alert is about. Where something of a concern is critical, warnings about the same concern of the same service say nothing more, and are held back; those of
 * another concern are not.
 */
export type Concern =
  | 'errors'
  | 'latency'
  | 'traffic'
  | 'pods'
  | 'scaling'
  | 'monitoring'
  | 'certificates'
  | 'volumes'
  | 'database'
  | 'stores'
  | 'backups'
  | 'security'
  | 'jobs';

/** A panel that shows what an alert is about: the one opens the other, and the panel has a line where the alert begins. */
export interface Seen {
  /** The dashboard: of the system as a whole, or of its stores. @default - that of the service that the alert is about */
  readonly on?: 'system' | 'stores';
  /** The name of the panel. */
  readonly panel: string;
  /** The values past which somebody is told, in the unit of the panel. @default - there is no such line */
  readonly above?: readonly number[];
  /** The value under which somebody is told. @default - there is no such line */
  readonly below?: number;
}

/** When somebody is to be told, and of what. It is about a system, and mostly about a service of it. */
export interface Alert {
  /** In camel case, as Prometheus' own are. Its runbook is called so in kebab case. */
  readonly name: string;
  readonly severity: Severity;
  readonly concern: Concern;
  /** The service that it is about. @default - the system as a whole */
  readonly service?: string;
  /** The team that answers for it. @default - whoever is told of everything */
  readonly owner?: string;
  /** Further labels, the same for each of its series. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Where what it is about is to be seen. */
  readonly seen: Seen;
  /** It fires for each series of this. */
  readonly when: Vector<string>;
  /** How long it must be so. */
  readonly for: Duration;
  /** In one line: what is wrong. As in `description`, `{{ $labels.pod }}` and `{{ $value }}` are filled in. */
  readonly summary: string;
  /** What it means for whoever uses the system, and what was measured. */
  readonly description: string;
}
