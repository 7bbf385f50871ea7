import type { Logger } from '../log.ts';
import type { Count } from './key-value.ts';
import type { KeyValueBackend } from './key-value-backend.ts';
import { RedisConnection } from './redis-connection.ts';

/**
 * Values in a Redis of one server. An ACL user needs the keys `~prefix:*` and the commands `+get +set +del +incr +pttl +pexpire +sadd +srem
 * +smembers +eval +evalsha +hello +ping`, and `+select` for a database other than 0.
 */
export class RedisKeyValue implements KeyValueBackend {
  readonly #redis: RedisConnection;

  /** @param props.timeout how long a command may take, in milliseconds */
  constructor(props: { url: string; service: string; log: Logger; timeout: number }) {
    this.#redis = new RedisConnection(props);
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#redis.run((client) => client.get(key), { repeat: true })) ?? undefined;
  }

  async set(key: string, value: string, lifetime: number, onlyIfAbsent: boolean): Promise<boolean> {
    const expiration = { type: 'PX', value: lifetime } as const;
    const options = onlyIfAbsent ? ({ expiration, condition: 'NX' } as const) : { expiration };
    return (await this.#redis.run((client) => client.set(key, value, options))) !== null;
  }

  replace(key: string, expected: string, value: string, lifetime: number): Promise<boolean> {
    return this.#redis.run((client) => client.replaceText(key, expected, value, lifetime));
  }

  delete(keys: readonly string[]): Promise<number> {
    return this.#redis.run((client) => client.del([...keys]));
  }

  increment(key: string, lifetime: number): Promise<Count> {
    return this.#redis.run((client) => client.raise(key, lifetime));
  }

  async addTo(set: string, member: string, lifetime: number): Promise<void> {
    await this.#redis.run((client) => client.addMember(set, member, lifetime));
  }

  removeFrom(set: string, members: readonly string[]): Promise<number> {
    return this.#redis.run((client) => client.sRem(set, [...members]));
  }

  membersOf(set: string): Promise<string[]> {
    return this.#redis.run((client) => client.sMembers(set), { repeat: true });
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#redis.check(signal);
  }

  close(): Promise<void> {
    return this.#redis.close();
  }
}
