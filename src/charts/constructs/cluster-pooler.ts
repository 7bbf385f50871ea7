import { Pooler } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler';
import { Construct } from 'constructs';
import { cloudNativePgNames, poolerPods } from '../cloud-native-pg.ts';
import { poolerNetwork } from './cluster-network.ts';
import type { ClusterProps } from './cluster-props.ts';
import { poolerClients, poolSize } from './database-connections.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { customResource } from './kube-object.ts';
import type { ObjectMetadata } from './object-metadata.ts';
import { podMonitor } from './pod-monitor.ts';
import { pullSecrets } from './pull-secrets.ts';

/**
 * The PgBouncers in front of a cluster. They keep connections while a standby takes over, and let those wait that are past a service's share.
 *
 * A connection of a service has one of the server to itself for as long as it lasts (`session`): migrations hold a lock of their session, the kit sets its
 * time-outs for the session, and statements are prepared in it.
 */
export class ClusterPooler extends Construct {
  constructor(scope: Construct, id: string, metadata: ObjectMetadata, props: ClusterProps) {
    super(scope, id);
    const { environment, store, users } = props;
    const { instances, cpu, memory } = store.pooler;
    customResource(
      this,
      'pooler',
      new Pooler({
        metadata,
        spec: {
          cluster: { name: cloudNativePgNames.cluster },
          type: 'rw',
          instances,
          deploymentStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          pgbouncer: {
            poolMode: 'session',
            parameters: {
              max_client_conn: String(poolerClients(users)),
              default_pool_size: String(poolSize(users)),
              // A connection that nobody has counts towards the limit of its role, at this pooler while another may want one: so not for long, in seconds.
              server_idle_timeout: '10',
              // After a server went away, until it is tried again, in seconds.
              server_login_retry: '2',
              // Whoever vanished without a word is noticed within a minute and a half.
              tcp_keepidle: '60',
              tcp_keepintvl: '10',
              tcp_keepcnt: '3',
              // Passwords and rows cross the network encrypted, or not at all. Operators before 1.26.2 and 1.27.1 refuse it: they knew no other than `prefer`.
              client_tls_sslmode: 'require',
            },
          },
          template: {
            spec: {
              containers: [{ name: 'pgbouncer', resources: { requests: { cpu, memory }, limits: { memory } } }],
              imagePullSecrets: pullSecrets(environment),
              topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
                (topologyKey) => ({
                  maxSkew: 1,
                  topologyKey,
                  whenUnsatisfiable: 'ScheduleAnyway',
                  labelSelector: poolerPods,
                }),
              ),
            },
          },
        },
      }),
    );
    disruptionBudget(this, metadata, { matchLabels: poolerPods.matchLabels });
    podMonitor(this, 'pod-monitor', { metadata, ...poolerPods, environment });
    poolerNetwork(this, metadata, props);
  }
}
