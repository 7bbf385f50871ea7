/** What a Redis URL says. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/**
 * Reads `redis://user:password@host:port/db` or `rediss://...`. User, password, port and db may be left out.
 *
 * @throws Error that shows nothing of the URL: where its password ends nobody can tell when it is wrong
 */
export function redisAddress(url: string): RedisAddress {
  const { protocol, hostname, port, username, password, pathname } = URL.parse(url) ?? {};
  const database = /^\/?(\d*)$/.exec(pathname ?? '/?')?.[1];
  if (!hostname || database === undefined) throw new Error(mistake);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || 6379),
    tls: protocol === 'rediss:',
    username: decoded(username),
    password: decoded(password),
    database: Number(database),
  };
}

const mistake =
  'the URL of a key-value store is (hidden); allowed: redis://user:password@host:port/db, with db a number; fix: write what is not a letter or digit in user and password as %xx';

function decoded(part: string | undefined): string | undefined {
  try {
    return part ? decodeURIComponent(part) : undefined;
  } catch {
    throw new Error(mistake);
  }
}
