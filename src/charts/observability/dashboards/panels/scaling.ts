import { isRequestRate, podLimits, type Scaling } from '../../../../model/index.ts';
import { kubeStateMetrics as kube } from '../../catalogue/index.ts';
import { demandOn } from '../../measures/pods-wanted.ts';
import { max, series } from '../../promql/index.ts';
import { isByDemand } from '../../scaling-records.ts';
import type { Panel, Unit } from '../panel.ts';
import type { ScaledService } from './pods.ts';

/** The demand on a service; nothing where its scaling goes by none. */
export function demandPanels({ namespace, service: { name }, scaling }: ScaledService): Panel[] {
  if (!isByDemand(scaling)) return [];
  return [
    {
      name: `demand-${name}`,
      title: `Demand on ${name}`,
      description: `What pods are scaled by, as Prometheus tells the autoscaler: ${measured(scaling).description}.${rowsOf(scaling)} There is none while nobody can tell.`,
      unit: measured(scaling).unit,
      look: 'lines',
      width: 8,
      queries: [{ show: demandOn({ namespace, service: name }), as: 'demand' }],
      steps: ends(scaling).map((from) => ({ from, color: 'blue' })),
    },
  ];
}

function measured(scaling: Extract<Scaling, { window: unknown }>): { description: string; unit: Unit } {
  const measure = scaling.kind === 'requests' ? undefined : scaling.metric;
  return !measure || isRequestRate(measure)
    ? { description: 'requests per second', unit: 'reqps' }
    : { description: measure.metric.help.replace(/\.$/, ''), unit: 'short' };
}

/** Past which there are more pods. */
function ends(scaling: Scaling): number[] {
  return scaling.kind === 'steps' ? scaling.table.slice(0, -1).map(([upTo]) => upTo) : [];
}

function rowsOf(scaling: Scaling): string {
  return scaling.kind === 'steps' ? ' Past each line there are more pods.' : '';
}

/** What autoscalers decide, of those services that have one. */
export function autoscalerPanels(namespace: string): Panel[] {
  const by = ['horizontalpodautoscaler'] as const;
  return [
    {
      name: 'autoscalers',
      title: 'What autoscalers decide',
      description:
        'The pods that the autoscaler of each service asks for. What goes up and down all the time is a table whose rows are too narrow, or a window that is too short.',
      unit: 'none',
      look: 'lines',
      queries: [
        {
          show: max(series(kube.horizontalpodautoscalerStatusDesiredReplicas, { namespace }), by),
          as: '{{horizontalpodautoscaler}}',
        },
      ],
    },
  ];
}

/** The autoscaler of a service itself. */
export function autoscalerPanel({ namespace, service: { name }, scaling }: ScaledService): Panel[] {
  if (scaling.kind === 'fixed') return [];
  const of = { namespace, horizontalpodautoscaler: name };
  const { min, max: most } = podLimits(scaling);
  return [
    {
      name: `autoscaler-${name}`,
      title: `Autoscaler of ${name}`,
      description: `The pods that it wants, between the ${min} and the ${most} that its declaration says.`,
      unit: 'none',
      look: 'lines',
      width: 8,
      queries: [
        { show: max(series(kube.horizontalpodautoscalerStatusDesiredReplicas, of)), as: 'wanted' },
        { show: max(series(kube.horizontalpodautoscalerStatusCurrentReplicas, of)), as: 'there are' },
        { show: max(series(kube.horizontalpodautoscalerSpecMaxReplicas, of)), as: 'at most' },
        { show: max(series(kube.horizontalpodautoscalerSpecMinReplicas, of)), as: 'at least' },
      ],
    },
  ];
}
