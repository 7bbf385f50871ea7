import { quantityValue, toSeconds } from '../../../model/index.ts';
import { cpuPercent, eventLoopLag, memoryPercent } from '../measures/usage.ts';
import { above } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { unlessOff } from './unless-off.ts';

/** How much of what a pod asked for it uses, by what its process says of itself: clusters differ in what they measure of containers. */
export function usageAlerts({
  namespace,
  service: { name: service, owner, resources },
  thresholds,
}: AlertedService): Alert[] {
  const of = { namespace, service };
  const common = { severity: 'warning', concern: 'pods', service, owner } as const;
  const cores = quantityValue(resources.cpu);
  const bytes = quantityValue(resources.memoryLimit);
  return [
    ...unlessOff(thresholds.highCPUUsage, (percent) => ({
      ...common,
      name: 'HighCPUUsage',
      seen: { panel: 'cpu', above: [percent] },
      when: above(cpuPercent(of, '5m', cores), percent),
      for: '15m',
      summary: `${namespace}/${service} uses {{ $value | printf "%.0f" }} % of the CPU that it asked for`,
      description: `For a quarter of an hour its pods have used more than ${percent} % of their request of ${resources.cpu} on average. Past it they have only what the node has left over: answers become slow where it is busy.`,
    })),
    ...unlessOff(thresholds.highMemoryUsage, (percent) => ({
      ...common,
      name: 'HighMemoryUsage',
      seen: { panel: 'memory', above: [percent] },
      when: above(memoryPercent(of, bytes), percent),
      for: '15m',
      summary: `A pod of ${namespace}/${service} uses {{ $value | printf "%.0f" }} % of its memory`,
      description: `{{ $labels.pod }} is above ${percent} % of its limit of ${resources.memoryLimit}. At the limit it is killed, with the requests that it has under way.`,
    })),
    ...unlessOff(thresholds.eventLoopLagging, (lag) => ({
      ...common,
      name: 'EventLoopLagging',
      seen: { panel: 'event-loop', above: [toSeconds(lag)] },
      when: above(eventLoopLag(of), toSeconds(lag)),
      for: '10m',
      summary: `A pod of ${namespace}/${service} is blocked time and again`,
      description: `The event loop of {{ $labels.pod }} comes late by {{ $value | humanizeDuration }} in 1 of 100 turns: nothing is answered meanwhile. Where the mean exceeds shedAbove it answers 503.`,
    })),
  ];
}
