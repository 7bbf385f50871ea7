import { type Duration, toSeconds } from '../../src/model/index.ts';
import { watched } from './backups.ts';
import { type Proof, type ProofOf, type ProvedRule, scraped, tooShort } from './proof.ts';

const watchdog: ProofOf<string> = () => ({ fires: [{ what: 'always', series: [] }], silent: [] });

const kubeStateMetricsMissing: ProofOf<Duration> = ({ labels: { namespace = '' } }) => ({
  fires: [
    { what: 'it is not scraped', series: [] },
    { what: 'its own labels are lost', series: [watched('monitoring', 60)] },
  ],
  silent: [{ what: 'it is', series: [watched(namespace, 60)], until: 60 }],
});

/** A workload with fewer pods than it wants. */
const degraded = (rule: ProvedRule<Duration>, wantedName: string, readyName: string, label: string): Proof => {
  const { namespace = '', service = '' } = rule.labels;
  const of = (name: string, values: string) => scraped(name, { namespace, [label]: service }, values);
  const wanted = of(wantedName, '2x60');
  const ready = (values: string) => of(readyName, values);
  return {
    fires: [
      { what: 'one of two', series: [wanted, ready('1x60'), watched(namespace, 60)] },
      { what: 'none', series: [wanted, ready('0x60'), watched(namespace, 60)] },
    ],
    silent: [
      { what: 'all', series: [wanted, ready('2x60'), watched(namespace, 60)], until: 60 },
      { what: 'one more in a rollout', series: [wanted, ready('3x60'), watched(namespace, 60)], until: 60 },
      {
        what: 'back in time',
        series: [wanted, ready(tooShort(rule.threshold, 1, 2)), watched(namespace, 60)],
        until: 20,
      },
      { what: 'nobody can tell of anything', series: [], until: 60 },
    ],
  };
};

const gatewayDegraded: ProofOf<Duration> = (rule) => {
  const { fires, silent } = degraded(
    rule,
    'kube_deployment_spec_replicas',
    'kube_deployment_status_replicas_available',
    'deployment',
  );
  return { fires: [...fires, { what: 'no Deployment', series: [watched(rule.labels['namespace'], 60)] }], silent };
};

const storeDown: ProofOf<Duration> = (rule) => {
  const { fires, silent } = degraded(
    rule,
    'kube_statefulset_replicas',
    'kube_statefulset_status_replicas_ready',
    'statefulset',
  );
  return { fires: [...fires, { what: 'no StatefulSet', series: [watched(rule.labels['namespace'], 60)] }], silent };
};

const certificateEnding: ProofOf<Duration> = ({ labels: { namespace = '' }, threshold }) => {
  const limit = toSeconds(threshold);
  const ends = (at: number) =>
    scraped('certmanager_certificate_expiration_timestamp_seconds', { namespace, name: 'shop-tls' }, `${at}x200`);
  return {
    fires: [{ what: 'it was not renewed', series: [ends(limit + 60 * 60)], since: 61 }],
    silent: [
      { what: 'it has longer', series: [ends(limit + 86_400)], until: 180 },
      {
        what: 'it is renewed',
        series: [{ ...ends(0), values: `${limit + 60}x30 ${limit + 5_000_000}x200` }],
        until: 180,
      },
    ],
  };
};

const volumeOf = ({ environment, labels: { namespace = '' } }: ProvedRule<unknown>) => {
  const claim = environment.stores.database?.kind === 'cloudnative-pg' ? 'postgres-1' : 'data-postgres-0';
  const of = (name: string, values: string) =>
    scraped(`kubelet_volume_stats_${name}_bytes`, { namespace, persistentvolumeclaim: claim }, values);
  return { capacity: of('capacity', '100000x900'), free: (values: string) => of('available', values) };
};

const volumeFilling: ProofOf<number> = (rule) => {
  const { capacity, free } = volumeOf(rule);
  const at = (percent: number) => percent * 1_000;
  return {
    fires: [
      { what: 'little is left', series: [capacity, free(`${at(rule.threshold - 1)}x200`)] },
      // By 5 bytes a minute four days take 28,800 of 100,000.
      { what: 'more, and not for long', series: [capacity, free(`${at(2 * rule.threshold - 2)}-5x400`)], since: 1 },
    ],
    silent: [
      { what: 'much is left', series: [capacity, free(`${at(2 * rule.threshold + 20)}-5x400`)], until: 300 },
      { what: 'enough, that stays', series: [capacity, free(`${at(rule.threshold + 1)}x400`)], until: 300 },
    ],
  };
};

const volumeAlmostFull: ProofOf<number> = (rule) => {
  const { capacity, free } = volumeOf(rule);
  return {
    fires: [{ what: 'next to nothing is left', series: [capacity, free(`${rule.threshold * 1_000 - 1}x60`)] }],
    silent: [{ what: 'a little more', series: [capacity, free(`${rule.threshold * 1_000 + 1}x60`)], until: 60 }],
  };
};

export const systemProofs = {
  Watchdog: watchdog,
  KubeStateMetricsMissing: kubeStateMetricsMissing,
  GatewayDegraded: gatewayDegraded,
  StoreDown: storeDown,
  CertificateExpiring: certificateEnding,
  CertificateAlmostExpired: certificateEnding,
  VolumeFilling: volumeFilling,
  VolumeAlmostFull: volumeAlmostFull,
};
