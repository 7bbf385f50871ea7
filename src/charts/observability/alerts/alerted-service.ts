import type { Scaling, Service, ServiceThresholds } from '../../../model/index.ts';

/** A service where it runs, as its alerts see it. */
export interface AlertedService {
  readonly namespace: string;
  readonly service: Service;
  /** How it scales there. */
  readonly scaling: Scaling;
  readonly thresholds: ServiceThresholds;
}
