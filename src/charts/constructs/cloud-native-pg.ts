import { Cluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster';
import type { IClusterSpec } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ClusterSpec';
import { Database } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Database';
import { Construct } from 'constructs';
import { longestPause, type System, storeSecret, systemThresholdsOf } from '../../model/index.ts';
import { type CloudNativePgStore, cloudNativePgNames, operatorsLabels } from '../cloud-native-pg.ts';
import { storeLabels } from '../identity.ts';
import type { Alert } from '../observability/alerts/alert.ts';
import { clusterAlerts } from '../observability/alerts/cluster-alerts.ts';
import { connectionsOfRole, type Placement } from '../placement.ts';
import { alertRules } from './alert-rules.ts';
import { archiver, ClusterBackups, recoveryOf } from './cluster-backups.ts';
import { clusterNetwork } from './cluster-network.ts';
import { ClusterPooler } from './cluster-pooler.ts';
import type { ClusterProps } from './cluster-props.ts';
import { databaseSettings } from './database-settings.ts';
import { customResource } from './kube-object.ts';
import { podMonitor } from './pod-monitor.ts';
import { pullSecrets } from './pull-secrets.ts';
import { tagOf } from './store-workload.ts';

const { cluster, pooler } = cloudNativePgNames;

/** How much later than the schedule says a copy may be there, in seconds. */
const patience = 6 * 60 * 60;

/**
 * A cluster of Postgres servers for the services of one system that use a database, each with a role and a database of its own, which no other may connect to.
 * The operator CloudNativePG makes the servers, their volumes, Services, certificates and budgets from these objects, and lets a standby take over.
 * @see https://cloudnative-pg.io/documentation/current/
 */
export class CloudNativePg extends Construct {
  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { system, environment, store, users } = props;
    const version = tagOf(store.image);
    const labelled = (name: string, component: string) => ({
      name,
      namespace: system.name,
      labels: storeLabels(name, component, version, system, environment),
    });
    const metadata = labelled(cluster, 'database');
    customResource(this, 'cluster', new Cluster({ metadata, spec: clusterSpec(props) }));
    for (const { service } of users) {
      customResource(
        this,
        `database-${service.name}`,
        new Database({
          metadata: labelled(`${cluster}-${service.name}`, 'database'),
          spec: {
            cluster: { name: cluster },
            name: service.name,
            owner: service.name,
            ensure: 'present',
            // Who deletes the object keeps the data.
            databaseReclaimPolicy: 'retain',
          },
        }),
      );
    }
    podMonitor(this, 'pod-monitor', { metadata, matchLabels: operatorsLabels.instance, environment });
    alertRules(this, {
      metadata,
      environment,
      alerts: alertsOfCluster(props),
    });
    clusterNetwork(this, metadata, props);
    if (store.pooler.instances > 0) new ClusterPooler(this, 'pooler', labelled(pooler, 'pooler'), props);
    if (store.backups !== 'none')
      new ClusterBackups(this, 'backups', labelled(cloudNativePgNames.backups, 'backup'), {
        ...props,
        backups: store.backups,
      });
  }
}

/** What somebody is told of the servers of a system's databases. */
export function alertsOfCluster({ system, environment, store }: Omit<ClusterProps, 'users'>): Alert[] {
  return clusterAlerts({
    thresholds: systemThresholdsOf(environment.alerts),
    namespace: system.name,
    cluster: cloudNativePgNames.cluster,
    instances: store.instances,
    // A copy may take its time.
    ...(store.backups !== 'none' && { within: longestPause(store.backups.schedule) + patience }),
  });
}

function clusterSpec({ system, environment, store, users }: ClusterProps): IClusterSpec {
  const { instances } = store;
  const { cpu, memory } = store.resources;
  return {
    description: `The databases of ${system.name}`,
    instances,
    imageName: store.image,
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: pullSecrets(environment),
    enableSuperuserAccess: false,
    enablePDB: true,
    // A change of the image or of what needs a restart: the standbys first, then one of them takes over.
    primaryUpdateStrategy: 'unsupervised',
    primaryUpdateMethod: instances > 1 ? 'switchover' : 'restart',
    // Ends in order without waiting for each client to leave, as the poolers never do.
    smartShutdownTimeout: 5,
    storage: { size: store.storage, ...(store.storageClass && { storageClass: store.storageClass }) },
    resources: { requests: { cpu, memory }, limits: { memory } },
    // For queries by several processes, and for what the operator keeps beside the server.
    ephemeralVolumesSizeLimit: { shm: memory, temporaryData: '1Gi' },
    affinity: { enablePodAntiAffinity: true, podAntiAffinityType: 'required', topologyKey: 'kubernetes.io/hostname' },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: operatorsLabels.instance },
      },
    ],
    // The operator names its own Services in the certificate, and the poolers show the same one.
    certificates: { serverAltDNSNames: [pooler, `${pooler}.${system.name}`, `${pooler}.${system.name}.svc`] },
    ...bootstrapOf(system, store),
    managed: { roles: users.map(role) },
    postgresql: {
      // All else that runPostgres() sets the operator sets itself.
      parameters: databaseSettings(store),
      pg_hba: hostBasedAuthentication(users),
      // What was answered is on two servers. While no standby is there, the one goes on alone.
      ...(instances > 1 && { synchronous: { method: 'any', number: 1, dataDurability: 'preferred' } }),
    },
    ...archiver(system, store),
  };
}

function bootstrapOf(system: System, store: CloudNativePgStore): Pick<IClusterSpec, 'bootstrap' | 'externalClusters'> {
  return (
    recoveryOf(system, store) ?? {
      bootstrap: {
        initdb: {
          // The operator asks for one database and its owner. Nobody may connect to it.
          database: 'app',
          owner: 'app',
          dataChecksums: true,
          encoding: 'UTF8',
          locale: 'C',
          localeProvider: 'builtin',
          builtinLocale: 'C.UTF-8',
        },
      },
    }
  );
}

function role(user: Placement) {
  const { name } = user.service;
  return {
    name,
    ensure: 'present',
    login: true,
    superuser: false,
    createdb: false,
    createrole: false,
    replication: false,
    bypassrls: false,
    inherit: true,
    connectionLimit: connectionsOfRole(user),
    passwordSecret: { name: storeSecret(name, 'database') },
  };
}

/**
 * Who may come in over the network, after the operator itself, its standbys and its poolers, which its own rules before these let in by certificate: each role into
 * its own database, encrypted and with its password. The operator's last rule would let every role into every database.
 */
function hostBasedAuthentication(users: readonly Placement[]): string[] {
  return [
    ...users.map(({ service: { name } }) => `hostssl "${name}" "${name}" all scram-sha-256`),
    'host all all all reject',
  ];
}
