import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Environment, type Quota, quantityValue, type System } from '../../model/index.ts';
import { systemLabels } from '../identity.ts';
import { kubeObject } from './kube-object.ts';
import { unspokenRequests } from './unspoken-requests.ts';

/** @see NamespaceQuota */
export interface NamespaceQuotaProps {
  readonly system: System;
  readonly environment: Environment;
  readonly quota: Quota;
}

/** What the pods of a system's namespace may take together, and what one takes that does not say. */
export class NamespaceQuota extends Construct {
  constructor(scope: Construct, id: string, { system, environment, quota }: NamespaceQuotaProps) {
    super(scope, id);
    const { pods, cpu, memory, memoryLimit } = quota;
    const metadata = { name: system.name, namespace: system.name, labels: systemLabels(system, environment) };
    const quantity = k8s.Quantity.fromString;
    kubeObject(
      this,
      'resource-quota',
      k8s.KubeResourceQuota.manifest({
        metadata,
        spec: {
          hard: {
            ...(pods !== undefined && { pods: quantity(String(pods)) }),
            ...(cpu && { 'requests.cpu': quantity(canonicalCpu(cpu)) }),
            ...(memory && { 'requests.memory': quantity(memory) }),
            ...(memoryLimit && { 'limits.memory': quantity(memoryLimit) }),
          },
        },
      }),
    );
    // Only what the quota counts: a limit that nobody asked for could be below what a pod requests.
    const requests = { ...(cpu && { cpu: unspokenRequests.cpu }), ...(memory && { memory: unspokenRequests.memory }) };
    const limits = memoryLimit && { memory: unspokenRequests.memoryLimit };
    if (!cpu && !memory && !limits) return;
    kubeObject(
      this,
      'limit-range',
      k8s.KubeLimitRange.manifest({
        metadata,
        spec: {
          limits: [
            {
              type: 'Container',
              ...((cpu || memory) && { defaultRequest: quantities(requests) }),
              ...(limits && { default: quantities(limits) }),
            },
          ],
        },
      }),
    );
  }
}

function quantities(values: Readonly<Record<string, string>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, k8s.Quantity.fromString(value)]));
}

/** As the cluster writes it: else each `kubectl apply` would find a difference. */
function canonicalCpu(cpu: string): string {
  const thousandths = Math.round(quantityValue(cpu) * 1_000);
  return thousandths % 1_000 === 0 ? String(thousandths / 1_000) : `${thousandths}m`;
}
