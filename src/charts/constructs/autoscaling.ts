import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { serviceLabels } from '../identity.ts';
import type { Placement } from '../placement.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { kubeObject } from './kube-object.ts';

/** What sets the number of a service's pods, and what keeps them when nodes are drained. */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, placement: Placement) {
    super(scope, id);
    const { service, system, scaling } = placement;
    const metadata = { name: service.name, namespace: system.name, labels: serviceLabels(placement) };

    if (scaling.kind === 'cpu') {
      kubeObject(
        this,
        'horizontal-pod-autoscaler',
        k8s.KubeHorizontalPodAutoscalerV2.manifest({
          metadata,
          spec: {
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: service.name },
            minReplicas: scaling.min,
            maxReplicas: scaling.max,
            metrics: [
              utilization('cpu', scaling.cpu),
              ...(scaling.memory === undefined ? [] : [utilization('memory', scaling.memory)]),
            ],
            behavior: {
              // Up at once, by doubling or by four pods, whichever is more.
              scaleUp: {
                stabilizationWindowSeconds: 0,
                selectPolicy: 'Max',
                policies: [
                  { type: 'Percent', value: 100, periodSeconds: 15 },
                  { type: 'Pods', value: 4, periodSeconds: 15 },
                ],
              },
              // Down only when five minutes have agreed, by half at most each minute: a lull is no reason to be short of pods after it.
              scaleDown: {
                stabilizationWindowSeconds: 300,
                selectPolicy: 'Max',
                policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
              },
            },
          },
        }),
      );
    }
    disruptionBudget(this, metadata);
  }
}

function utilization(name: 'cpu' | 'memory', averageUtilization: number): k8s.MetricSpecV2 {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}
