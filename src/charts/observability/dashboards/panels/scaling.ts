import { isRequestRate, podLimits, type Scaling } from '../../../../model/index.ts';
import { keda, kubeStateMetrics as kube } from '../../catalogue/index.ts';
import { demandErrors, isAtALimit, isWithoutMeasure } from '../../measures/autoscalers.ts';
import { demandOn } from '../../measures/pods-wanted.ts';
import { max, rateInterval, series } from '../../promql/index.ts';
import { isByDemand } from '../../scaling-records.ts';
import type { Panel, State, Unit } from '../panel.ts';
import { orNone, type ScaledService } from './pods.ts';

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

/** Whether KEDA gets the demand on a service; nothing where it does not ask for it. */
export function demandErrorPanels({ namespace, service: { name }, scaling }: ScaledService): Panel[] {
  if (scaling.kind !== 'steps' && scaling.kind !== 'requests') return [];
  return [
    {
      name: `demand-errors-${name}`,
      title: `KEDA does not get the demand on ${name}`,
      description:
        'How often per second KEDA asks for the demand in vain. Meanwhile the pods that there are stay; after minutes of that there are as many as fallback says at least.',
      unit: 'ops',
      look: 'areas',
      width: 8,
      queries: [{ show: orNone(demandErrors({ namespace, scaledObject: name }, rateInterval)), as: 'in vain' }],
    },
  ];
}

/** What autoscalers decide, of those services that have one. */
export function autoscalersPanel(namespace: string): Panel {
  const by = ['horizontalpodautoscaler'] as const;
  return {
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
  };
}

const no: State = { value: 0, text: 'no', color: 'green' };

/** The autoscaler of a service itself; nothing where it has none. */
export function autoscalerPanels({ namespace, service: { name }, scaling }: ScaledService): Panel[] {
  if (scaling.kind === 'fixed') return [];
  const of = { namespace, horizontalpodautoscaler: name };
  const { min, max: most } = podLimits(scaling);
  return [
    {
      name: `autoscaler-${name}`,
      title: `Autoscaler of ${name}`,
      description: `The pods that it wants, between the ${min} and the ${most} that its declaration says. At the most, more traffic gets no more pods.`,
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
    {
      name: `autoscaler-states-${name}`,
      title: `What the autoscaler of ${name} lacks`,
      description:
        'Whether it gets no measure to scale by, so that the pods stay as they are, and whether it wants more or fewer pods than it may have.',
      unit: 'none',
      look: 'states',
      width: 8,
      queries: [
        { show: isWithoutMeasure(of), as: 'has no measure' },
        { show: isAtALimit(of), as: 'is at a limit' },
      ],
      states: [no, { value: 1, text: 'yes', color: 'orange' }],
    },
  ];
}

/** What KEDA says of all the services of a system that it scales. */
export function kedaPanels(namespace: string): Panel[] {
  return [
    {
      name: 'keda-demand',
      title: 'The demand as KEDA has it',
      description:
        'The number that Prometheus gave KEDA last, by service: as on the panels of the demand, but seconds later.',
      unit: 'short',
      look: 'lines',
      queries: [
        {
          show: max(series(keda.scalerMetricsValue, { namespace, type: 'scaledobject' }), ['scaledObject']),
          as: '{{scaledObject}}',
        },
      ],
    },
    {
      name: 'keda-latency',
      title: 'How long KEDA waits for an answer',
      description:
        'Seconds that the last answer of Prometheus took, by service. Where it takes long, Prometheus has too much to do.',
      unit: 's',
      look: 'lines',
      queries: [
        {
          show: max(series(keda.scalerMetricsLatencySeconds, { namespace, type: 'scaledobject' }), ['scaledObject']),
          as: '{{scaledObject}}',
        },
      ],
    },
  ];
}
