import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { quantityValue } from '../../model/index.ts';
import { inClusterStores, storeLabels } from '../identity.ts';
import { ConfigFiles } from './config-files.ts';
import { isRecent, passwordsVolume, probe, type StoreProps, StoreWorkload, tagOf } from './store-workload.ts';

const { name, port } = inClusterStores.keyValue;

const dataPath = '/data';
const configPath = '/etc/trellis';
const secretsPath = '/run/secrets/trellis';
const usersPath = '/run/users';
const alive = `${usersPath}/alive`;

/** The users that are none of a service, which no service can be called. */
const probeUser = '_probe';
const loaderUser = '_loader';

/**
 * What a service may do: anything to keys behind its prefix. Not: what says the names of others' keys, what all services share (scripts by name, the
 * cache of scripts), and what administers the server.
 */
const serviceRights = [
  ...['-@all', '+@read', '+@write', '+@connection', '+@transaction', '+@scripting'],
  ...['-@admin', '-@dangerous', '-scan', '-randomkey', '-dbsize'],
  ...['-function', '-script|flush', '-script|kill', '-script|debug', '-fcall', '-fcall_ro'],
].join(' ');

/**
 * Writes the users from what their Secrets say now, and makes the server read them when they have changed. The server and its disk know only hashes.
 */
const users = `\
#!/bin/sh
set -u
umask 077

hash() { printf %s "$1" | sha256sum | cut -d' ' -f1; }

write() {
  {
    echo 'user default reset off'
    # For probes. Whoever reaches the server may know that it lives.
    echo 'user ${probeUser} reset on nopass +ping'
    echo "user ${loaderUser} reset on #$(hash "$(cat ${usersPath}/password)") +acl|load"
    while read -r service; do
      password=$(cat ${secretsPath}/$service/password 2>/dev/null)
      if [ -n "$password" ]; then
        echo "user $service reset on #$(hash "$password") ~$service:* ${serviceRights}"
      else
        echo "$service: no password yet; fix: npm run secrets makes the Secret $service-redis" >&2
      fi
    done <${configPath}/services
  } >${usersPath}/new.acl
}

if [ "$1" = write ]; then
  # Of the one user that may have the file read again: known in this pod alone, and another in the next one.
  head -c 32 /dev/urandom | sha256sum | cut -d' ' -f1 >${usersPath}/password
  write && mv ${usersPath}/new.acl ${usersPath}/users.acl
  exit
fi

trap 'exit 0' TERM INT
while :; do
  date +%s >${alive}
  sleep 15 &
  wait $!
  write
  if cmp -s ${usersPath}/new.acl ${usersPath}/users.acl; then continue; fi
  mv ${usersPath}/new.acl ${usersPath}/users.acl
  answer=$(REDISCLI_AUTH=$(cat ${usersPath}/password) redis-cli -h 127.0.0.1 -p ${port} --user ${loaderUser} ACL LOAD 2>&1)
  if [ "$answer" = OK ]; then
    echo 'the users are as their Secrets say now'
  else
    echo "the server did not take the users: $answer; tried again in 15 s" >&2
    # So that they differ the next time.
    echo >>${usersPath}/users.acl
  fi
done
`;

const ping = `redis-cli -h 127.0.0.1 -p ${port} --user ${probeUser} --pass any --no-auth-warning ping`;

/** A Redis for the services of one system that keep keys, each with a user of its own that sees nothing but its own keys. */
export class KeyValueStore extends Construct {
  constructor(scope: Construct, id: string, props: StoreProps<'keyValue'>) {
    super(scope, id);
    const { system, environment, store } = props;
    const component = 'key-value-store';
    const config = new ConfigFiles(this, 'config', {
      metadata: {
        name,
        namespace: system.name,
        labels: storeLabels(name, component, tagOf(store.image), system, environment),
      },
      files: { 'users.sh': users, services: props.users.map(({ service }) => `${service.name}\n`).join('') },
    });
    const usersVolume = { name: 'users', mountPath: usersPath };
    const volumeMounts = [
      { name: 'config', mountPath: configPath, readOnly: true },
      { name: 'passwords', mountPath: secretsPath, readOnly: true },
      usersVolume,
    ];
    const memory = quantityValue(store.resources.memory);
    new StoreWorkload(this, 'workload', {
      ...props,
      kind: 'keyValue',
      component,
      dataPath,
      gracePeriod: 60,
      annotations: config.annotations,
      initContainers: [{ name: 'first-users', command: ['sh', `${configPath}/users.sh`, 'write'], volumeMounts }],
      sidecars: [
        {
          name: 'users',
          command: ['sh', `${configPath}/users.sh`, 'watch'],
          volumeMounts,
          startupProbe: probe(isRecent(alive), 2, 30),
          livenessProbe: probe(isRecent(alive), 30, 4),
          readinessProbe: probe(isRecent(alive), 10, 2),
        },
      ],
      container: {
        command: ['redis-server'],
        args: Object.entries({
          port: String(port),
          dir: dataPath,
          aclfile: `${usersPath}/users.acl`,
          // Every write is in a file, at most a second later; no other copy is kept.
          appendonly: 'yes',
          appendfsync: 'everysec',
          save: '',
          // The rest is for buffers, and for the pages that change while the file is rewritten.
          maxmemory: `${Math.floor((memory * 0.6) / 1024)}kb`,
          // A session must not vanish because others come: a full store refuses writes, which somebody notices.
          'maxmemory-policy': 'noeviction',
          'tcp-keepalive': '60',
        }).flatMap(([key, value]) => [`--${key}`, value]),
        volumeMounts: [usersVolume],
        startupProbe: probe(['sh', '-c', `[ "$(${ping})" = PONG ]`], 2, 150),
        // A server that reads its file again or is busy answers too, with an error: it lives.
        livenessProbe: probe(['sh', '-c', `[ -n "$(${ping})" ]`], 10, 6),
        readinessProbe: probe(['sh', '-c', `[ "$(${ping})" = PONG ]`], 5, 2),
      },
      volumes: [
        config.volume,
        passwordsVolume('keyValue', props.users),
        { name: 'users', emptyDir: { medium: 'Memory', sizeLimit: k8s.Quantity.fromString('1Mi') } },
      ],
    });
  }
}
