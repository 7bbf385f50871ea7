import type { Scaling, Service, ServiceThresholds } from '../../../model/index.ts';
import type { Alert } from './alert.ts';
import { podAlerts, podsOfDeployment } from './pod-alerts.ts';

/** A service where it runs, as its alerts see it. */
export interface AlertedService {
  readonly namespace: string;
  readonly service: Service;
  /** How it scales there. */
  readonly scaling: Scaling;
  readonly thresholds: ServiceThresholds;
}

/** All alerts on a service: those alone that can come true there. */
export function serviceAlerts({ namespace, service, thresholds }: AlertedService): Alert[] {
  const { name, owner } = service;
  return [...podAlerts({ namespace, service: name, owner, pods: podsOfDeployment(name), thresholds })];
}
