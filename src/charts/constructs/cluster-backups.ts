import type { IClusterSpec } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ClusterSpec';
import { ScheduledBackup } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackup';
import { Construct } from 'constructs';
import { type Environment, type System, storeSecretKeys } from '../../model/index.ts';
import { type CloudNativePgStore, cloudNativePgNames } from '../cloud-native-pg.ts';
import { BarmanObjectStore } from './barman-object-store.ts';
import { customResource } from './kube-object.ts';
import type { ObjectMetadata } from './object-metadata.ts';

type Backups = Exclude<CloudNativePgStore['backups'], 'none'>;

/** What CloudNativePG knows the Barman Cloud plugin by. */
const plugin = 'barman-cloud.cloudnative-pg.io';

/** The name under which the cluster that is recovered from stands in the Cluster. */
const origin = 'origin';

const { cluster, backups: name } = cloudNativePgNames;

/** Where the copies of a cluster are, and when a whole one is made. */
export class ClusterBackups extends Construct {
  constructor(
    scope: Construct,
    id: string,
    metadata: ObjectMetadata,
    { system, environment, backups }: { system: System; environment: Environment; backups: Backups },
  ) {
    super(scope, id);
    const { origin: endpointURL, pathname, searchParams } = new URL(backups.to);
    const region = searchParams.get('region');
    const key = (key: string) => ({ name: backups.secret, key });
    customResource(
      this,
      'object-store',
      new BarmanObjectStore({
        metadata,
        spec: {
          configuration: {
            // Each cluster of a system is called the same, so that a bucket of several needs folders.
            destinationPath: `s3:/${pathname}/${environment.name}/${system.name}`,
            endpointURL,
            s3Credentials: {
              accessKeyId: key(storeSecretKeys.accessKeyId),
              secretAccessKey: key(storeSecretKeys.secretAccessKey),
            },
            wal: { compression: 'gzip', maxParallel: 4 },
            data: { compression: 'gzip' },
          },
          retentionPolicy: backups.retention,
          instanceSidecarConfiguration: {
            env: [
              ...(region === null ? [] : [{ name: 'AWS_DEFAULT_REGION', value: region }]),
              // Stores other than Amazon's refuse the checksums that its library adds unasked.
              { name: 'AWS_REQUEST_CHECKSUM_CALCULATION', value: 'when_required' },
              { name: 'AWS_RESPONSE_CHECKSUM_VALIDATION', value: 'when_required' },
            ],
            resources: { requests: { cpu: '50m', memory: '512Mi' }, limits: { memory: '512Mi' } },
          },
        },
      }),
    );
    customResource(
      this,
      'scheduled-backup',
      new ScheduledBackup({
        metadata,
        spec: {
          cluster: { name: cluster },
          // Seconds come first, other than in a CronJob.
          schedule: `0 ${backups.schedule}`,
          // The first one at once: until there is one, the archive alone brings nothing back.
          immediate: true,
          backupOwnerReference: 'self',
          method: 'plugin',
          pluginConfiguration: { name: plugin },
          target: 'prefer-standby',
        },
      }),
    );
  }
}

/** What makes the servers write each change to the bucket. */
export function archiver(system: System, store: CloudNativePgStore): Pick<IClusterSpec, 'plugins'> {
  if (store.backups === 'none') return {};
  return {
    plugins: [
      { name: plugin, enabled: true, isWALArchiver: true, parameters: archive(store.recovery[system.name]?.archive) },
    ],
  };
}

/** What makes a new cluster begin with the data of an earlier one. One that is there already is left as it is. */
export function recoveryOf(
  system: System,
  { recovery }: CloudNativePgStore,
): Pick<IClusterSpec, 'bootstrap' | 'externalClusters'> | undefined {
  const given = recovery[system.name];
  if (!given) return undefined;
  return {
    bootstrap: {
      recovery: { source: origin, ...(given.at && { recoveryTarget: { targetTime: given.at } }) },
    },
    externalClusters: [{ name: origin, plugin: { name: plugin, parameters: archive(given.from) } }],
  };
}

/** A folder of the bucket. The operator lets no server write into one that another has written. */
function archive(serverName: string = cluster): Record<string, string> {
  return { barmanObjectName: name, serverName };
}
