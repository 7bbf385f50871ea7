import type { Problem } from '../../model/index.ts';
import type { KubernetesObject } from '../rendered-chart.ts';
import type { RenderedCluster } from './rendered-cluster.ts';

/** What a check finds in an object: a problem whose path begins inside of it. */
export interface Finding extends Omit<Problem, 'path'> {
  readonly object: KubernetesObject;
  /** The field, such as `spec.replicas`. */
  readonly at: string;
}

/** A guarantee that every rendered object keeps, whatever an extension did to it. */
export interface RenderedCheck {
  /** What an exemption from it is called: `trellis.dev/exempt-<name>`. */
  readonly name: string;
  readonly find: (cluster: RenderedCluster) => readonly Finding[];
}
