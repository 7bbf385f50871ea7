import type { Environment, System } from '../../model/index.ts';
import type { CloudNativePgStore } from '../cloud-native-pg.ts';
import type { Placement } from '../placement.ts';

/** A cluster of Postgres in the namespace of a system. */
export interface ClusterProps {
  readonly system: System;
  readonly environment: Environment;
  readonly store: CloudNativePgStore;
  /** The services that use it: at least one. */
  readonly users: readonly Placement[];
}
