import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { backupName, databaseRoles, inClusterStores, passwordKey, selector, storeLabels } from '../identity.ts';
import { connectionsOfRole, isBackedUp } from '../placement.ts';
import { basePod } from './base-pod.ts';
import { ConfigFiles } from './config-files.ts';
import { databaseSettings } from './database-settings.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { kubeObject } from './kube-object.ts';
import { egressToDns, podsOf, tcp } from './network-access.ts';
import { restrictedContainer, userId } from './pod-security.ts';
import { serviceAccount } from './service-account.ts';
import {
  helperResources,
  isRecent,
  passwordsVolume,
  probe,
  resources,
  type StoreProps,
  StoreWorkload,
  tagOf,
} from './store-workload.ts';

const { name, port } = inClusterStores.database;

/** Where the volume is, apart from where the images have one of their own. */
const dataPath = '/data';
const configPath = '/etc/trellis';
const secretsPath = '/run/secrets/trellis';

/** Where a program looks up who it runs as; initdb and psql refuse to run as nobody. */
const passwd = `postgres:x:${userId}:${userId}:Postgres:/tmp:/usr/sbin/nologin\n`;

/** Who may come in: over the network with a password, and inside the pod as the user that the server runs as, which is how `kubectl exec` gets in. */
const hostBasedAuthentication = `\
local all postgres peer
host  all all all scram-sha-256
`;

/** With these no statement is logged, as one has a password in it. */
const logNoStatement = '-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic';

/** Makes the data of a new server, and sets the superuser's password to what the Secret says now. */
const prepare = `\
#!/bin/sh
set -eu
umask 077
if [ ! -d "$PGDATA" ]; then
  # Under another name until it is whole: what a pod leaves that dies half-way must not pass for a database.
  rm -rf "$PGDATA.new"
  initdb --pgdata="$PGDATA.new" --username=postgres --auth-local=peer --auth-host=reject --data-checksums \\
    --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 >/dev/null
  mv "$PGDATA.new" "$PGDATA"
  echo 'made a new database'
fi
# The server refuses files that its group may write, which a volume's change of owner makes of them.
chmod 700 "$PGDATA"
password=$(cat ${secretsPath}/password)
newline='
'
case $password in
'' | *"$newline"*)
  echo "the key password of Secret ${name} is empty or has several lines; allowed: one line; fix: npm run secrets makes one" >&2
  exit 1
  ;;
esac
# The only user of a server that nobody else can reach. This also recovers what a crash left, with no probe that loses patience.
printf "ALTER ROLE postgres PASSWORD '%s'\\n" "$(printf %s "$password" | sed "s/'/''/g")" |
  postgres --single -D "$PGDATA" ${logNoStatement} postgres >/dev/null
`;

/** What holds for one service: its role, its database, and nobody else in it. */
const roleSql = `\
\\set password \`cat "$PASSWORD_FILE"\`
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT :limit PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \\gexec
ALTER DATABASE :"role" OWNER TO :"role";
REVOKE ALL ON DATABASE :"role", postgres, template1 FROM PUBLIC;
\\connect :"role"
SELECT 'REVOKE ALL ON SCHEMA public FROM PUBLIC' WHERE EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public') \\gexec
`;

/**
 * Keeps a role and a database for each service. Whether they are as they should be is found out as the service itself would: by logging in with what its
 * Secret says now. So a password that was changed is set, and a server that lost its data gets them again.
 */
const roles = `\
#!/bin/sh
set -u
export PGHOST=${name} PGPORT=${port} PGCONNECT_TIMEOUT=5 PGAPPNAME=${databaseRoles}

# The password is in the environment of psql alone, while it runs: no argument and no file has it.
as() { # USER DATABASE FILE-OF-PASSWORD ARGUMENTS...
  user=$1 database=$2 file=$3
  shift 3
  PGPASSWORD=$(cat "$file") PGUSER=$user PGDATABASE=$database \\
    psql --no-psqlrc --quiet --no-password --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse "$@"
}

set_up() { # SERVICE LIMIT
  PASSWORD_FILE=${secretsPath}/$1/password PGOPTIONS='${logNoStatement} -c statement_timeout=30s' \\
    as postgres postgres ${secretsPath}/postgres/password --set=role="$1" --set=limit="$2" --file=${configPath}/role.sql
}

is_well() { # SERVICE
  as "$1" "$1" ${secretsPath}/$1/password --output=/dev/null --command='SELECT 1'
}

pass() {
  failed=0
  while read -r service limit <&3; do
    if [ ! -s ${secretsPath}/$service/password ]; then
      echo "$service: no password yet; fix: npm run secrets makes the Secret $service-database" >&2
      failed=1
    elif [ -e /tmp/set-up-$service ] && is_well "$service" 2>/dev/null; then
      :
    elif set_up "$service" "$limit" && is_well "$service"; then
      touch /tmp/set-up-$service
      echo "$service: role and database are set up"
    else
      echo "$service: not set up; tried again in 5 s" >&2
      failed=1
    fi
  done 3<${configPath}/services
  return $failed
}

trap 'exit 0' TERM INT
while :; do
  if pass; then pause=15 && date +%s >/tmp/ready; else pause=5 && rm -f /tmp/ready; fi
  date +%s >/tmp/alive
  # In the background, so that the end of the pod interrupts it.
  sleep $pause &
  wait $!
done
`;

/** Ends the server at once and in order, whatever signal its image asks for: the usual one would wait until every service has closed its connections. */
const endFast = { exec: { command: ['sh', '-c', 'kill -INT 1'] } };

/**
 * A Postgres for the services of one system that use a database, each with a role and a database of its own, which no other may connect to.
 *
 * The superuser's password is taken over when the server starts: after a change, `kubectl rollout restart statefulset/postgres`.
 */
export class Database extends Construct {
  constructor(scope: Construct, id: string, props: StoreProps<'database'>) {
    super(scope, id);
    const { system, environment, store } = props;
    const version = tagOf(store.image);
    const config = new ConfigFiles(this, 'config', {
      metadata: { name, namespace: system.name, labels: storeLabels(name, 'database', version, system, environment) },
      files: { passwd, 'pg_hba.conf': hostBasedAuthentication, 'prepare.sh': prepare },
    });
    const env = [
      { name: 'PGDATA', value: `${dataPath}/postgres` },
      // For whoever enters the container: psql finds the server.
      { name: 'PGHOST', value: '/tmp' },
      { name: 'PGUSER', value: 'postgres' },
    ];
    const volumeMounts = [
      { name: 'config', mountPath: configPath, readOnly: true },
      { name: 'config', mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ];
    const secret = { name: 'secret', mountPath: secretsPath, readOnly: true };
    new StoreWorkload(this, 'workload', {
      ...props,
      kind: 'database',
      component: 'database',
      helpers: [databaseRoles, ...props.users.filter(isBackedUp).map(({ service }) => backupName(service.name))],
      dataPath,
      gracePeriod: 120,
      annotations: config.annotations,
      initContainers: [
        {
          name: 'prepare',
          command: ['sh', `${configPath}/prepare.sh`],
          env,
          volumeMounts: [...volumeMounts, secret],
        },
      ],
      container: {
        command: ['postgres'],
        args: Object.entries({
          listen_addresses: '*',
          port,
          unix_socket_directories: '/tmp',
          hba_file: `${configPath}/pg_hba.conf`,
          password_encryption: 'scram-sha-256',
          ...databaseSettings(store),
        }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        env,
        volumeMounts: [...volumeMounts, { name: 'shared-memory', mountPath: '/dev/shm' }],
        startupProbe: probe(['pg_isready', '--quiet', '--timeout=3'], 2, 300),
        // Exit code 1 is a server that lives and refuses, such as while it recovers from a crash: to restart it would begin that again.
        livenessProbe: probe(['sh', '-c', 'pg_isready --quiet --timeout=3; [ $? -le 1 ]'], 10, 6),
        readinessProbe: probe(['pg_isready', '--quiet', '--timeout=3'], 5, 2),
        lifecycle: { preStop: endFast },
      },
      volumes: [
        config.volume,
        { name: 'secret', secret: { secretName: name, items: [{ key: passwordKey, path: 'password' }] } },
        { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } },
        // For queries by several processes; what a container has of it by itself is 64 MiB.
        {
          name: 'shared-memory',
          emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString(store.resources.memory) },
        },
      ],
    });
    new DatabaseRoles(this, 'roles', props);
  }
}

/** The helper that keeps the roles and databases. It is apart from the server, so that a new service does not restart it. */
class DatabaseRoles extends Construct {
  constructor(scope: Construct, id: string, { system, environment, store, users }: StoreProps<'database'>) {
    super(scope, id);
    const labels = storeLabels(databaseRoles, 'database', tagOf(store.image), system, environment);
    const metadata = { name: databaseRoles, namespace: system.name, labels };
    const matchLabels = selector(databaseRoles);
    const config = new ConfigFiles(this, 'config', {
      metadata,
      files: {
        passwd,
        'roles.sh': roles,
        'role.sql': roleSql,
        services: users.map((user) => `${user.service.name} ${connectionsOfRole(user)}\n`).join(''),
      },
    });
    serviceAccount(this, metadata);
    kubeObject(
      this,
      'deployment',
      k8s.KubeDeployment.manifest({
        metadata,
        spec: {
          replicas: 1,
          selector: { matchLabels },
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: 600,
          // Two at once would set the same roles up at the same moment, and one of them would fail.
          strategy: { type: 'Recreate' },
          template: {
            metadata: { labels, annotations: config.annotations },
            spec: {
              ...basePod(databaseRoles, environment),
              terminationGracePeriodSeconds: 30,
              containers: [
                {
                  name: databaseRoles,
                  image: store.image,
                  imagePullPolicy: 'IfNotPresent',
                  command: ['sh', `${configPath}/roles.sh`],
                  resources: resources(helperResources),
                  startupProbe: probe(isRecent('/tmp/alive'), 2, 150),
                  livenessProbe: probe(isRecent('/tmp/alive'), 30, 4),
                  // Ready is: every service could log in.
                  readinessProbe: probe(isRecent('/tmp/ready'), 5, 1),
                  securityContext: restrictedContainer,
                  volumeMounts: [
                    { name: 'config', mountPath: configPath, readOnly: true },
                    { name: 'config', mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true },
                    { name: 'tmp', mountPath: '/tmp' },
                    { name: 'passwords', mountPath: secretsPath, readOnly: true },
                  ],
                },
              ],
              volumes: [
                config.volume,
                { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('8Mi') } },
                passwordsVolume('database', users, [{ secret: name, folder: name }]),
              ],
            },
          },
        },
      }),
    );
    disruptionBudget(this, metadata);
    kubeObject(
      this,
      'network-policy',
      k8s.KubeNetworkPolicy.manifest({
        metadata,
        spec: {
          podSelector: { matchLabels },
          policyTypes: ['Ingress', 'Egress'],
          egress: [egressToDns(environment), { to: [podsOf(name)], ports: [tcp(port)] }],
        },
      }),
    );
  }
}
