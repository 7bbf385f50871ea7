import { type Duration, idleAfter } from '../../src/model/index.ts';
import { podOf } from './pods.ts';
import { type ProofOf, type ProvedRule, scraped, tooShort } from './proof.ts';

const upOf = (rule: ProvedRule<unknown>, values: string, pod = podOf(rule)) => {
  const { namespace = '', service = '' } = rule.labels;
  return scraped('up', { namespace, service, pod, job: service, instance: `${pod}:9464` }, values);
};

const serviceDown: ProofOf<Duration> = (rule) => {
  const sleeps = rule.scaling !== undefined && idleAfter(rule.scaling) !== undefined;
  const none = { what: 'no pod', series: [upOf(rule, '_x30')] };
  return {
    fires: [
      { what: 'no pod is reached', series: [upOf(rule, '0x30'), upOf(rule, '0x30', 'other-pod')] },
      { what: 'it was reached before', series: [upOf(rule, '1x9 0x30')], since: 10 },
      ...(sleeps ? [] : [none]),
    ],
    silent: [
      { what: 'one pod of two is reached', series: [upOf(rule, '1x30'), upOf(rule, '0x30', 'other-pod')], until: 30 },
      { what: 'it is back in time', series: [upOf(rule, `1 ${tooShort(rule.threshold, 0, 1)}`)], until: 20 },
      ...(sleeps ? [{ ...none, until: 30 }] : []),
    ],
  };
};

const podNotScraped: ProofOf<Duration> = (rule) => ({
  fires: [{ what: 'one pod of two', series: [upOf(rule, '1x60', 'other-pod'), upOf(rule, '0x60')] }],
  silent: [
    { what: 'all are reached', series: [upOf(rule, '1x60')], until: 60 },
    { what: 'it is back in time', series: [upOf(rule, tooShort(rule.threshold, 0, 1))], until: 30 },
    { what: 'it ends', series: [upOf(rule, '1x9 0x2 _x30'), upOf(rule, '1x60', 'other-pod')], until: 45 },
  ],
});

export const targetProofs = { ServiceDown: serviceDown, PodNotScraped: podNotScraped };
