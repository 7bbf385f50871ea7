import { gatewayName } from '../../src/charts/identity.ts';
import type { Duration } from '../../src/model/index.ts';
import { type ProofOf, type ProvedRule, scraped, tooShort } from './proof.ts';

/** A pod of what a rule is about, as kube-state-metrics names it: that of a store by its number. */
export function podOf({ labels, service: declared }: Pick<ProvedRule<unknown>, 'labels' | 'service'>): string {
  const { service } = labels;
  return declared || service === gatewayName ? `${service}-6d5f8c9b7-x2x4z` : `${service}-0`;
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

type Phase = 'Running' | 'Pending' | 'Succeeded';

const phaseOf = (rule: ProvedRule<unknown>, phase: Phase, values: string) =>
  scraped(
    'kube_pod_status_phase',
    { namespace: rule.labels['namespace'] ?? '', pod: podOf(rule), uid: 'u', phase },
    values,
  );

const podNotReady: ProofOf<Duration> = (rule) => {
  const { namespace = '' } = rule.labels;
  const notReady = (values: string) =>
    scraped('kube_pod_status_ready', { namespace, pod: podOf(rule), uid: 'u', condition: 'false' }, values);
  const running = phaseOf(rule, 'Running', '1x60');
  /** Not ready for two minutes of five. */
  const inTurns = (times: number) => '1x1 0x2 '.repeat(times);
  return {
    fires: [
      { what: 'it runs and is not ready', series: [notReady('1x60'), running] },
      // By then it has lost its readiness three times, and found it again.
      { what: 'now ready, now not', series: [notReady(inTurns(12)), running], since: 15, still: 59 },
      {
        what: 'no longer in turns',
        series: [notReady(`${inTurns(6)} 0x60`), phaseOf(rule, 'Running', '1x90')],
        since: 15,
        over: 48,
      },
    ],
    silent: [
      { what: 'twice', series: [notReady(`0x5 ${inTurns(2)} 0x60`), running], until: 60 },
      {
        what: 'two pods in turns, as in a rollout',
        series: [
          notReady('1x1 0x9 _x60'),
          scraped(
            'kube_pod_status_ready',
            { namespace, pod: `${podOf(rule)}x`, uid: 'v', condition: 'false' },
            '1x1 0x60',
          ),
          running,
        ],
        until: 60,
      },
      { what: 'it is ready', series: [notReady('0x60'), running], until: 60 },
      { what: 'it becomes ready in time', series: [notReady(tooShort(rule.threshold, 1, 0)), running], until: 30 },
      { what: 'it has ended', series: [notReady('1x60'), phaseOf(rule, 'Running', '0x60')], until: 60 },
    ],
  };
};

const podPending: ProofOf<Duration> = (rule) => ({
  fires: [{ what: 'it does not start', series: [phaseOf(rule, 'Pending', '1x60')] }],
  silent: [
    { what: 'it starts in time', series: [phaseOf(rule, 'Pending', tooShort(rule.threshold, 1, 0))], until: 30 },
    { what: 'it runs', series: [phaseOf(rule, 'Running', '1x60'), phaseOf(rule, 'Pending', '0x60')], until: 60 },
  ],
});

const deploymentDegraded: ProofOf<Duration> = ({ labels, threshold }) => {
  const of = (name: string, values: string, deployment = labels['service'] ?? '') =>
    scraped(`kube_deployment_${name}`, { namespace: labels['namespace'] ?? '', deployment }, values);
  const wanted = of('spec_replicas', '3x60');
  const available = (values: string) => of('status_replicas_available', values);
  return {
    fires: [
      { what: 'one is missing', series: [wanted, available('2x60')] },
      { what: 'all are', series: [wanted, available('0x60')] },
    ],
    silent: [
      { what: 'as many as it wants', series: [wanted, available('3x60')], until: 60 },
      { what: 'one more in a rollout', series: [wanted, available('4x60')], until: 60 },
      { what: 'it is late', series: [wanted, available(tooShort(threshold, 2, 3))], until: 30 },
      { what: 'none, as it wants', series: [of('spec_replicas', '0x60'), available('0x60')], until: 60 },
      {
        what: 'another one',
        series: [of('spec_replicas', '3x60', 'other'), of('status_replicas_available', '0x60', 'other')],
        until: 60,
      },
    ],
  };
};

export const podProofs = {
  PodCrashLooping: podCrashLooping,
  PodNotReady: podNotReady,
  PodPending: podPending,
  DeploymentDegraded: deploymentDegraded,
};
