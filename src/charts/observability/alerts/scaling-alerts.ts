import { podLimits } from '../../../model/index.ts';
import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { demandErrors, isWithoutMeasure } from '../measures/autoscalers.ts';
import { above, and, atLeast, equal, max, series } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { unlessOff } from './unless-off.ts';

/** What keeps a service from having as many pods as it needs. */
export function scalingAlerts({
  namespace,
  service: { name: service, owner },
  scaling,
  thresholds,
}: AlertedService): Alert[] {
  if (scaling.kind === 'fixed') return [];
  const common = { severity: 'warning', concern: 'scaling', service, owner } as const;
  const { min, max: most } = podLimits(scaling);
  // KEDA's is called so too.
  const of = { namespace, horizontalpodautoscaler: service };
  const hasPods = above(max(series(kube.deploymentSpecReplicas, { namespace, deployment: service })), 0);
  return [
    ...(min < most
      ? unlessOff(thresholds.autoscalerAtMaximum, (lasting) => ({
          ...common,
          name: 'AutoscalerAtMaximum',
          seen: { panel: `autoscaler-${service}`, above: [most] },
          when: atLeast(
            max(series(kube.horizontalpodautoscalerStatusDesiredReplicas, of), ['horizontalpodautoscaler']),
            max(series(kube.horizontalpodautoscalerSpecMaxReplicas, of), ['horizontalpodautoscaler']),
            { on: ['horizontalpodautoscaler'] },
          ),
          for: lasting,
          summary: `${namespace}/${service} has as many pods as it may have`,
          description: `For ${lasting} its autoscaler has wanted {{ $value }} pods, which is the most that it may have: more traffic gets no more pods.`,
        }))
      : []),
    ...unlessOff(thresholds.autoscalerFailing, (lasting) => ({
      ...common,
      name: 'AutoscalerFailing',
      seen: { panel: `autoscaler-states-${service}` },
      // Without pods it is switched off, which is no failure.
      when: and(equal(isWithoutMeasure(of), 1), hasPods, { on: [] }),
      for: lasting,
      summary: `${namespace}/${service} is not scaled`,
      description: `Its HorizontalPodAutoscaler gets no measure to scale by: the pods that there are stay, whatever the traffic.`,
    })),
    ...(scaling.kind === 'steps' || scaling.kind === 'requests'
      ? unlessOff(thresholds.scaledObjectFailing, (lasting) => ({
          ...common,
          name: 'ScaledObjectFailing',
          seen: { panel: `demand-errors-${service}`, above: [0] },
          when: above(demandErrors({ namespace, scaledObject: service }, '5m'), 0),
          for: lasting,
          summary: `KEDA does not know the demand on ${namespace}/${service}`,
          description: `The trigger of its ScaledObject fails time and again. After some minutes of that it has the pods that fallback says at least, whatever the traffic.`,
        }))
      : []),
  ];
}
