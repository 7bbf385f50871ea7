import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Environment, podLimits, type Scaling, type ScalingOf } from '../../model/index.ts';
import { customMetric } from '../observability/custom-metric.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { kubeObject } from './kube-object.ts';
import type { ObjectMetadata } from './object-metadata.ts';
import { scaledObject } from './scaled-object.ts';
import { scalingBehavior } from './scaling-behavior.ts';

export interface AutoscalingProps {
  /** Of the objects; its name is that of the Deployment and, where a demand is followed, of the service. */
  readonly metadata: ObjectMetadata;
  readonly scaling: Scaling;
  readonly environment: Environment;
  /** Who says how many requests wait for it, where it may have no pods. @default - it always has some */
  readonly wokenBy?: readonly string[];
}

/** What sets the number of a Deployment's pods, and what keeps them when nodes are drained. */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, { metadata, scaling, environment, wokenBy = [] }: AutoscalingProps) {
    super(scope, id);
    switch (scaling.kind) {
      case 'fixed':
        break;
      case 'cpu':
        autoscaler(this, metadata, scaling, [
          utilization('cpu', scaling.cpu),
          ...(scaling.memory === undefined ? [] : [utilization('memory', scaling.memory)]),
        ]);
        break;
      case 'custom':
        autoscaler(this, metadata, scaling, [
          {
            type: 'Pods',
            pods: {
              metric: { name: customMetric({ namespace: metadata.namespace, service: metadata.name, scaling }) },
              target: { type: 'AverageValue', averageValue: k8s.Quantity.fromString(quantity(scaling.perPod)) },
            },
          },
        ]);
        break;
      default:
        scaledObject(this, { metadata, scaling, environment, wokenBy });
    }
    disruptionBudget(this, metadata, { pods: podLimits(scaling).min });
  }
}

function autoscaler(
  scope: Construct,
  metadata: ObjectMetadata,
  { min, max, behavior }: ScalingOf<'cpu' | 'custom'>,
  metrics: k8s.MetricSpecV2[],
): void {
  kubeObject(
    scope,
    'horizontal-pod-autoscaler',
    k8s.KubeHorizontalPodAutoscalerV2.manifest({
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name },
        minReplicas: min,
        maxReplicas: max,
        metrics,
        behavior: scalingBehavior(behavior),
      },
    }),
  );
}

function utilization(name: 'cpu' | 'memory', averageUtilization: number): k8s.MetricSpecV2 {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

/** A number as Kubernetes writes it, which knows thousandths at the finest. */
function quantity(value: number): string {
  return Number.isInteger(value) ? String(value) : `${Math.max(1, Math.round(value * 1_000))}m`;
}
