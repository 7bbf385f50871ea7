import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  type Backups,
  backupVariables,
  type Environment,
  imageName,
  longestPause,
  type Resources,
  shifted,
  systemThresholdsOf,
  toSeconds,
} from '../../model/index.ts';
import { backupLabels, backupName, backupStore, selector } from '../identity.ts';
import type { Alert } from '../observability/alerts/alert.ts';
import { backupAlerts } from '../observability/alerts/backup-alerts.ts';
import type { PlacedVariable, Placement } from '../placement.ts';
import { alertRules } from './alert-rules.ts';
import { basePod } from './base-pod.ts';
import { kubeObject } from './kube-object.ts';
import { egressTo, egressToDns, podsOf, storeRule, tcp } from './network-access.ts';
import { restrictedContainer } from './pod-security.ts';
import { resourceRequirements } from './resource-requirements.ts';
import { serviceAccount } from './service-account.ts';
import { envVar } from './workload.ts';

/** @see Backup */
export interface BackupProps {
  /** Of a service with a database. */
  readonly placement: Placement;
  readonly backups: Backups;
  /** Which of the environment's databases it is, from 0: no two are backed up in the same minute. */
  readonly index: number;
}

/** Minutes from one database to the next. It and 60 have no divisor in common, so the minutes of 60 databases are all others. */
const minutesApart = 7;
/** How late a run may start, in seconds, as after an outage of the control plane. */
const startWithin = 600;
/** How much later than in time a backup may be there before somebody is told, in seconds. */
const patience = 3_600;
/** How long what is left of a Job can be looked at, in seconds. */
const keptFor = 7 * 24 * 3_600;

/** What passes through is not kept: a few pieces of 5 MiB that are uploaded, and the program itself. Of CPU it takes what others leave: nobody waits for it. */
const resources: Resources = { cpu: '10m', memory: '192Mi', memoryLimit: '512Mi', ephemeralStorage: '64Mi' };

/**
 * The backups of one service's database: a CronJob with the service's own image, which `npm run restore` takes its Job from, too. Its pods may reach DNS, the
 * database and the store of backups, and nobody may reach them.
 */
export class Backup extends Construct {
  constructor(scope: Construct, id: string, { placement, backups, index }: BackupProps) {
    super(scope, id);
    const { service, system, environment } = placement;
    const name = backupName(service.name);
    const labels = backupLabels(placement);
    const metadata = { name, namespace: system.name, labels };
    serviceAccount(this, metadata);
    kubeObject(
      this,
      'cron-job',
      k8s.KubeCronJob.manifest({
        metadata,
        spec: {
          schedule: shifted(backups.schedule, minutesApart * index),
          timeZone: backups.timeZone,
          concurrencyPolicy: 'Forbid',
          startingDeadlineSeconds: startWithin,
          successfulJobsHistoryLimit: 2,
          failedJobsHistoryLimit: 2,
          jobTemplate: {
            metadata: { labels },
            spec: {
              // A database or store that is away for a moment is no reason to wait for the next night.
              backoffLimit: 2,
              activeDeadlineSeconds: toSeconds(backups.timeLimit),
              ttlSecondsAfterFinished: keptFor,
              template: { metadata: { labels }, spec: podSpec(placement, backups) },
            },
          },
        },
      }),
    );
    kubeObject(
      this,
      'network-policy',
      k8s.KubeNetworkPolicy.manifest({
        metadata,
        spec: {
          podSelector: { matchLabels: selector(name) },
          policyTypes: ['Ingress', 'Egress'],
          egress: [
            egressToDns(environment),
            ...placement.stores.filter(({ kind }) => kind === 'database').map((store) => storeRule(store, environment)),
            toStore(backups, environment),
          ],
        },
      }),
    );
    alertRules(this, {
      metadata,
      environment,
      alerts: alertsOfBackup(placement, backups),
    });
  }
}

/** What somebody is told of the backups of a service's database. */
export function alertsOfBackup({ service, system, environment }: Placement, backups: Backups): Alert[] {
  return backupAlerts({
    namespace: system.name,
    cronJob: backupName(service.name),
    service: service.name,
    owner: service.owner,
    within: longestPause(backups.schedule) + toSeconds(backups.timeLimit) + patience,
    thresholds: systemThresholdsOf(environment.alerts),
  });
}

function toStore({ to }: Backups, { privateNetworks }: Environment): k8s.NetworkPolicyEgressRule {
  if (to.kind === 'outside') return egressTo(to.at, privateNetworks);
  const { name, port } = backupStore;
  return { to: [podsOf(name)], ports: [tcp(port)] };
}

function podSpec(placement: Placement, backups: Backups): k8s.PodSpec {
  const { service, environment } = placement;
  return {
    restartPolicy: 'Never',
    ...basePod(backupName(service.name), environment),
    terminationGracePeriodSeconds: 10,
    dnsConfig: { options: [{ name: 'ndots', value: '1' }] },
    containers: [
      {
        name: 'backup',
        image: imageName(environment, service.name),
        imagePullPolicy: environment.images.pullPolicy,
        args: ['backup'],
        env: variablesOf(placement, backups).map(envVar),
        resources: resourceRequirements(resources),
        securityContext: restrictedContainer,
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('16Mi') } }],
  };
}

function variablesOf({ service, system, environment }: Placement, backups: Backups): PlacedVariable[] {
  const given: Readonly<Record<string, string>> = {
    BACKUPS_URL: urlOf(backups),
    BACKUPS_FOLDER: `${system.name}/${service.name}`,
    BACKUPS_KEEP: String(backups.keep),
  };
  return [
    { name: 'SERVICE_VERSION', value: environment.images.tag },
    ...Object.entries(backupVariables(service.name)).map(([name, variable]): PlacedVariable => {
      if (variable.type !== 'secret') return { name, value: given[name] ?? '' };
      // The workload identity that makes keys optional is none of a store in the cluster.
      const optional = variable.optional && backups.to.kind === 'outside';
      return { name, secret: variable.secret, key: variable.key, optional };
    }),
  ];
}

function urlOf({ to }: Backups): string {
  const { name, port } = backupStore;
  return to.kind === 'outside' ? to.url : `http://${name}:${port}/${name}?region=us-east-1`;
}
