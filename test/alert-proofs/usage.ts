import { type Duration, quantityValue, toSeconds } from '../../src/model/index.ts';
import { podOf } from './pods.ts';
import { type ProofOf, type ProvedRule, rising, scraped, seenOver } from './proof.ts';

const of = (rule: ProvedRule<unknown>, name: string, values: string, pod = podOf(rule)) => {
  const { namespace = '', service = '' } = rule.labels;
  return scraped(name, { namespace, service, pod }, values);
};

const highCPUUsage: ProofOf<number> = (rule) => {
  const cores = quantityValue(rule.service?.resources.cpu ?? '');
  /** Seconds of a core that are as many per cent of the request, per minute. */
  const perMinute = (percent: number) => (60 * cores * percent) / 100;
  const used = (percent: number, pod?: string) =>
    of(rule, 'process_cpu_seconds_total', rising(perMinute(percent), 60), pod);
  const limit = rule.threshold;
  return {
    fires: [
      { what: 'all pods', series: [used(limit + 1), used(limit + 1, 'other-pod')], since: seenOver(5) },
      { what: 'on average', series: [used(limit * 1.9), used(limit * 0.2, 'other-pod')], since: seenOver(5) },
    ],
    silent: [
      { what: 'a little less', series: [used(limit - 1)], until: 60 },
      { what: 'one pod of two', series: [used(limit * 1.5), used(limit * 0.4, 'other-pod')], until: 60 },
      {
        what: 'a start',
        series: [of(rule, 'process_cpu_seconds_total', `0+${perMinute(5 * limit)}x8 ${perMinute(40 * limit)}x50`)],
        until: 58,
      },
    ],
  };
};

const highMemoryUsage: ProofOf<number> = (rule) => {
  const bytes = quantityValue(rule.service?.resources.memoryLimit ?? '');
  const used = (percent: number, minutes = 60) =>
    of(rule, 'process_resident_memory_bytes', `${Math.round((bytes * percent) / 100)}x${minutes}`);
  const other = of(rule, 'process_resident_memory_bytes', `${bytes / 10}x60`, 'other-pod');
  return {
    fires: [{ what: 'one pod of two', series: [used(rule.threshold + 1), other] }],
    silent: [
      { what: 'a little less', series: [used(rule.threshold - 1), other], until: 60 },
      { what: 'for ten minutes', series: [used(rule.threshold + 5, 10), other], until: 60 },
    ],
  };
};

const eventLoopLagging: ProofOf<Duration> = (rule) => {
  const late = (factor: number, more = '') =>
    of(rule, 'nodejs_eventloop_lag_p99_seconds', `${toSeconds(rule.threshold) * factor}x${more || 60}`);
  return {
    fires: [
      { what: 'one pod of two', series: [late(1.1), of(rule, 'nodejs_eventloop_lag_p99_seconds', '0.01x60', 'b')] },
    ],
    silent: [
      { what: 'a little less', series: [late(0.9)], until: 60 },
      { what: 'for a few minutes', series: [late(5, '8 0.01x50')], until: 58 },
    ],
  };
};

export const usageProofs = {
  HighCPUUsage: highCPUUsage,
  HighMemoryUsage: highMemoryUsage,
  EventLoopLagging: eventLoopLagging,
};
