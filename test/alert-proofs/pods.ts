import { type ProofOf, type ProvedRule, scraped } from './proof.ts';

/** A pod of what a rule is about, as kube-state-metrics names it. */
export function podOf({ labels }: Pick<ProvedRule, 'labels'>): string {
  return `${labels['service']}-6d5f8c9b7-x2x4z`;
}

const podCrashLooping: ProofOf<number> = (rule) => {
  const { namespace = '', service = '' } = rule.labels;
  const of = (values: string, pod = podOf(rule)) =>
    scraped('kube_pod_container_status_restarts_total', { namespace, pod, container: service, uid: 'u' }, values);
  const waits = (values: string, pod = podOf(rule), reason = 'CrashLoopBackOff') =>
    scraped(
      'kube_pod_container_status_waiting_reason',
      { namespace, pod, container: service, uid: 'u', reason },
      values,
    );
  const many = rule.threshold;
  return {
    fires: [
      { what: 'one restart after another', series: [of(`0+1x${many} ${many}x10`), waits('_ 1x20')], since: many },
      // Held back for five minutes each time, and up for three in between.
      {
        what: 'seldom, as after an hour',
        series: [of('0 1x7 2x7 3x7 4x7 5x7 6x7'), waits(`_ ${'1x4 _x3 '.repeat(6)}`)],
        since: (many - 1) * 8 + 1,
        still: 48,
      },
      {
        what: 'until it is replaced',
        series: [of(`0+1x${many} ${many}x5`), waits(`_ 1x${many + 5}`)],
        since: many,
        over: many + 17,
      },
    ],
    silent: [
      { what: 'all is well', series: [of('0x60'), waits('_x60')], until: 60 },
      { what: 'too few restarts', series: [of(`0 1 ${many - 1}x60`), waits('_ 1 _x60')], until: 60 },
      { what: 'restarts without waiting', series: [of('0+1x60')], until: 60 },
      {
        what: 'it waits for an image',
        series: [of('0+1x60'), waits('1x60', undefined, 'ImagePullBackOff')],
        until: 60,
      },
      {
        what: 'the pods of another service whose name begins so',
        series: [of('0+1x60', `${service}-other-6d5f8c9b7-x2x4z`), waits('1x60', `${service}-other-6d5f8c9b7-x2x4z`)],
        until: 60,
      },
    ],
  };
};

export const podProofs = { PodCrashLooping: podCrashLooping };
