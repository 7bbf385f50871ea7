import { idleAfter, isRequestRate, type Measure, podLimits, type Scaling } from '../../model/index.ts';

/** What a scaling does, in a few words. */
export function scalingText(scaling: Scaling): string {
  const after = idleAfter(scaling);
  const schedules = 'schedules' in scaling ? scaling.schedules : [];
  return [
    awakeText(scaling),
    ...schedules.map(({ pods }) => `${podsText(pods)} at least on schedule`),
    ...(after === undefined ? [] : [`none after ${after} without a request`]),
  ].join('; ');
}

function awakeText(scaling: Scaling): string {
  const { min, max } = podLimits(scaling);
  const pods = min === max ? podsText(max) : `${min} to ${max} pods`;
  switch (scaling.kind) {
    case 'fixed':
      return `always ${pods}`;
    case 'cpu':
      return `${pods}, ${scaling.cpu} % of the requested CPU`;
    case 'steps': {
      const { metric, table } = scaling;
      const rows = table.map(([upTo, count]) =>
        upTo === Infinity ? `above ${count}` : `to ${upTo}${metric.of === 'rate' ? '/s' : ''} ${count}`,
      );
      return `pods${isRequestRate(metric) ? '' : ` by ${metric.metric.name}`}: ${rows.join(', ')}`;
    }
    case 'requests': {
      const guard =
        scaling.cpu === undefined ? '' : `, or ${scaling.cpu} % of the requested CPU where that is more pods`;
      return `${pods}, ${scaling.perPod} requests/s each${guard}`;
    }
    case 'custom':
      return `${pods}, ${scaling.perPod} ${nameOf(scaling.metric)} each`;
  }
}

function podsText(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`;
}

function nameOf(measure: Measure): string {
  if (isRequestRate(measure)) return 'requests/s';
  return measure.of === 'rate' ? `${measure.metric.name}/s` : measure.metric.name;
}
