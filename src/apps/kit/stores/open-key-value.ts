import type { Registry } from 'prom-client';
import { type Duration, toMilliseconds } from '../../../model/index.ts';
import { inSpan } from '../in-span.ts';
import type { Logger } from '../log.ts';
import type { Attributes } from '../span.ts';
import type { OpenKeyValue } from './key-value.ts';
import type { KeyValueBackend } from './key-value-backend.ts';
import { type KeyValueTimings, keyValueTimings } from './key-value-timings.ts';
import { redisAddress } from './redis-address.ts';
import { RedisKeyValue } from './redis-key-value.ts';
import { SqliteKeyValue } from './sqlite-key-value.ts';

/** @see openKeyValue */
export interface KeyValueProps {
  /**
   * `redis://user:password@host:port/db`, `rediss://` for TLS, or `file:/path/to/state.sqlite` where no Redis is. A file is for one process: on a
   * machine of its own each instance of a service would see other values.
   */
  readonly url: string;
  /** What the keys start with, before a colon. The user of a Redis may be limited to `prefix:*`. */
  readonly prefix: string;
  /** The service's name, for metrics and for the server's list of clients. */
  readonly service: string;
  readonly registry: Registry;
  readonly log: Logger;
  /** How long a command waits for a connection and its answer. @default '1s' */
  readonly connectTimeout?: Duration;
}

/**
 * Opens a key-value store. A Redis that is away does not keep a service from starting: it is connected to for ever, and meanwhile each command is
 * refused after its time.
 *
 * @throws Error if the URL or the prefix is none, or the file cannot be opened; never with the URL's password in it
 */
export function openKeyValue(props: KeyValueProps): OpenKeyValue {
  if (!/^[a-zA-Z0-9_-]+$/.test(props.prefix)) {
    throw new Error(
      `the prefix of a key-value store is ${JSON.stringify(props.prefix)}; allowed: letters, digits, - and _; fix: use the name of the service`,
    );
  }
  const backend = openBackend(props);
  const timings = keyValueTimings(props.service, props.registry);
  const place = placeOf(props.url);
  const timed: KeyValueTimings = (command, run) =>
    inSpan(
      command,
      () => ({ ...place, 'db.operation.name': command }),
      () => timings(command, run),
    );
  const keyOf = (key: string) => `${props.prefix}:${wellFormed('key', key)}`;
  return {
    get: (key) => timed('get', () => backend.get(keyOf(key))),
    set: (key, value, { ttl, onlyIfAbsent = false }) =>
      timed('set', () => backend.set(keyOf(key), wellFormed('value', value), lifetimeOf(ttl), onlyIfAbsent)),
    replace: (key, expected, value, { ttl }) =>
      timed('replace', () =>
        backend.replace(keyOf(key), wellFormed('value', expected), wellFormed('value', value), lifetimeOf(ttl)),
      ),
    delete: async (...keys) => (keys.length === 0 ? 0 : timed('delete', () => backend.delete(keys.map(keyOf)))),
    increment: (key, { ttl }) => timed('increment', () => backend.increment(keyOf(key), lifetimeOf(ttl))),
    addTo: (set, member, { ttl }) =>
      timed('addTo', () => backend.addTo(keyOf(set), wellFormed('member', member), lifetimeOf(ttl))),
    removeFrom: async (set, ...members) =>
      members.length === 0
        ? 0
        : timed('removeFrom', () =>
            backend.removeFrom(
              keyOf(set),
              members.map((member) => wellFormed('member', member)),
            ),
          ),
    membersOf: (set) => timed('membersOf', () => backend.membersOf(keyOf(set))),
    check: (signal) => backend.check(signal),
    close: () => backend.close(),
  };
}

/** What spans say of where the store is: neither user nor password. A key or a value is in no attribute: either may be a secret, such as a session's. */
function placeOf(url: string): Attributes {
  if (!/^rediss?:/.test(url)) return { 'db.system.name': 'sqlite' };
  const { host, port, database } = redisAddress(url);
  return {
    'db.system.name': 'redis',
    'db.namespace': String(database),
    'server.address': host,
    'server.port': port,
  };
}

function openBackend({ url, service, log, connectTimeout = '1s' }: KeyValueProps): KeyValueBackend {
  const timeout = toMilliseconds(connectTimeout);
  if (/^rediss?:\/\//.test(url)) return new RedisKeyValue({ url, service, log, timeout });
  if (url.startsWith('file:/')) return new SqliteKeyValue({ url, log, timeout });
  // Only the scheme: the rest may have a password in it.
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0];
  throw new Error(
    `the URL of a key-value store is ${scheme ? `${scheme}...` : '(hidden)'}; allowed: redis://, rediss:// or file:/path; fix: write one of these`,
  );
}

/** Half a surrogate pair has no UTF-8: it would come back as another text, and two keys could become one. */
function wellFormed(what: 'key' | 'value' | 'member', text: string): string {
  if (text.isWellFormed()) return text;
  throw new Error(
    `the ${what} for a key-value store has half a surrogate pair; allowed: well-formed text; fix: encode bytes as base64`,
  );
}

function lifetimeOf(ttl: Duration): number {
  const lifetime = toMilliseconds(ttl);
  if (lifetime >= 1) return lifetime;
  throw new Error(`the ttl for a key-value store is ${ttl}; allowed: 1ms and more; fix: use delete to end it now`);
}
