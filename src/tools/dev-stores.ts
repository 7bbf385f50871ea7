import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { redisAddress } from '../apps/kit/stores/redis-address.ts';
import type { Service, System } from '../model/index.ts';
import { clearData, dataFolder, refuseForeign, refuseInUse } from './data-folder.ts';
import type { StoreServersAnswer, StoreServersRequest } from './dev-store-servers.ts';
import { freePorts } from './free-ports.ts';
import { isOnPath } from './is-on-path.ts';
import { root } from './repository.ts';
import { CommandError } from './run-command.ts';
import { Vault } from './vault.ts';

/** The data stores of a system on this machine. */
export interface DevStores {
  /** What a service's process is told of its stores, and the secrets that any random value does for. */
  environmentOf(service: Service): Record<string, string>;
  /** What there is, for the reader of the terminal. */
  readonly summary: string;
  /** Ends the servers, after the services. */
  stop(): Promise<void>;
}

export interface DevStoresProps {
  readonly system: System;
  /** The environment of `npm run dev` itself. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether to clear the data first. */
  readonly reset: boolean;
  readonly print: (line: string) => void;
  /** Told when the servers end though nobody asked them to. */
  readonly onExit: () => void;
}

/**
 * Looks whether the stores can start, and changes nothing: what stands in their way is told before anything else, such as a port in use.
 *
 * @throws CommandError if the data are in use, or REDIS_URL is no URL of a Redis
 */
export async function checkDevStores({
  system,
  env,
  reset,
}: Pick<DevStoresProps, 'system' | 'env' | 'reset'>): Promise<void> {
  const url = redisUrlOf(system, env);
  if (url !== undefined) checkRedisUrl(url);
  await refuseInUse(dataFolder(system, env['TRELLIS_DATA'] || undefined), reset ? '--reset' : 'Postgres');
}

/** @throws CommandError that shows no more than the scheme: the rest may have a password in it */
function checkRedisUrl(url: string): void {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0];
  try {
    if (url.startsWith('file:/') || (scheme && /^rediss?:\/\//.test(url) && redisAddress(url))) return;
  } catch {
    // It is told below what is wrong with it.
  }
  throw new CommandError(
    `REDIS_URL: got ${scheme ? `${scheme}...` : 'a text without a scheme'}; allowed: redis://user:password@host:port/db, or rediss://..., with db a number; fix: write what is not a letter or digit in user and password as %xx, or leave REDIS_URL out`,
    2,
  );
}

/** The Redis to use in place of one that is started here. */
function redisUrlOf({ services }: System, env: DevStoresProps['env']): string | undefined {
  return (services.some(({ uses }) => uses.keyValue) && env['REDIS_URL']) || undefined;
}

/**
 * Starts what the system's services keep their data in: an embedded Postgres, Redis if there is one, and a folder for objects. The data survive a restart.
 *
 * @throws CommandError if one does not start
 */
export async function startDevStores({ system, env, reset, print, onExit }: DevStoresProps): Promise<DevStores> {
  const folder = dataFolder(system, env['TRELLIS_DATA'] || undefined);
  const uses = system.services.map((service) => service.uses);
  const needsPostgres = uses.some((each) => each.database);
  const needsRedis = uses.some((each) => each.keyValue);
  const needsObjects = uses.some((each) => each.objects);
  const keepsData = needsPostgres || needsRedis || needsObjects || system.services.some(hasGenerated);
  const redisUrl = redisUrlOf(system, env);
  const secret = await prepare(folder, { keepsData, reset, redisUrl, print });
  const [postgresPort = 0, redisPort = 0] = await freePorts(2);
  const postgres = needsPostgres ? { port: postgresPort, password: secret('postgres') } : undefined;
  const redis =
    needsRedis && !redisUrl && isOnPath('redis-server', env['PATH'] ?? '')
      ? { port: redisPort, password: secret('redis') }
      : undefined;

  if (postgres && !existsSync(join(folder, 'postgres', 'PG_VERSION'))) print(`making a Postgres in ${folder}`);
  const stop = postgres || redis ? await startServers({ folder, postgres, redis }, onExit) : async () => {};
  const environments = new Map<Service, Record<string, string>>();
  try {
    const databases = new Map<string, string>();
    for (const { name, uses: declared } of system.services)
      if (declared.database) databases.set(name, secret(`${name}-database`));
    if (postgres) await makeDatabases(postgres, databases);
    for (const service of system.services) {
      const { name } = service;
      const generated = Object.entries(service.env).flatMap(([variable, declared]) =>
        declared.type === 'secret' && declared.generated && !env[variable] ? [variable] : [],
      );
      environments.set(service, {
        ...(service.uses.database && {
          DATABASE_URL: `postgres://${name}:${databases.get(name)}@127.0.0.1:${postgresPort}/${name}`,
        }),
        ...(service.uses.keyValue && {
          REDIS_URL: redis
            ? `redis://:${redis.password}@127.0.0.1:${redisPort}`
            : (redisUrl ?? pathToFileURL(join(folder, `${name}.sqlite`)).href),
        }),
        ...(service.uses.objects && { OBJECTS_URL: pathToFileURL(join(folder, 'objects', name)).href }),
        ...Object.fromEntries(generated.map((variable) => [variable, secret(`${name}-${variable}`)])),
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const kinds = [
    ...(postgres ? ['Postgres'] : []),
    ...(needsRedis && !redisUrl ? [redis ? 'Redis' : 'a file in place of Redis, as none is on PATH'] : []),
    ...(needsObjects ? ['files'] : []),
  ];
  const summary = [
    ...(kinds.length > 0 ? [`data in ${folder} (${kinds.join(', ')}), which --reset clears`] : []),
    ...(redisUrl ? ['data in the Redis of REDIS_URL, which --reset does not clear'] : []),
  ];
  return {
    environmentOf: (service) => environments.get(service) ?? {},
    summary: summary.join('\n'),
    stop,
  };
}

function hasGenerated({ env }: Service): boolean {
  return Object.values(env).some((declared) => declared.type === 'secret' && declared.generated);
}

/** Makes the folder of the data ready. @returns what makes and keeps its secrets @throws CommandError if it is not ours or cannot be used */
async function prepare(
  folder: string,
  {
    keepsData,
    reset,
    redisUrl,
    print,
  }: { keepsData: boolean; reset: boolean; redisUrl: string | undefined; print: DevStoresProps['print'] },
): Promise<(name: string) => string> {
  try {
    if (keepsData || reset) await refuseForeign(folder);
    if (reset) {
      const left = await clearData(folder);
      print(
        [
          `cleared ${folder}`,
          ...(left.length > 0 ? [`${left.join(', ')} stays, as npm run dev did not make it`] : []),
          ...(redisUrl ? ['what is in the Redis of REDIS_URL stays'] : []),
        ].join('; '),
      );
    }
    const vault = keepsData ? new Vault(folder) : undefined;
    return (name) => {
      if (!vault) throw new Error(`no secrets for ${name}`);
      return vault.get(name);
    };
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (error instanceof CommandError || path === undefined) throw error;
    throw new CommandError(
      `TRELLIS_DATA: got ${path}: ${code}; allowed: a folder that can be written; fix: name another`,
      1,
    );
  }
}

async function startServers(request: StoreServersRequest, onExit: () => void): Promise<() => Promise<void>> {
  const child = fork(join(root, 'src/tools/dev-store-servers.ts'), {
    // A group of its own, as the services have.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let stopping = false;
  const ended = once(child, 'exit');
  const answer = once(child, 'message') as Promise<[StoreServersAnswer]>;
  child.send(request);
  const [result] = await Promise.race([
    answer,
    ended.then((): [StoreServersAnswer] => [{ error: 'the data stores ended by themselves' }]),
  ]);
  const stop = async () => {
    stopping = true;
    if (child.connected) child.disconnect();
    await ended;
  };
  if ('error' in result) {
    await stop();
    throw new CommandError(result.error, 1);
  }
  child.once('exit', () => {
    if (!stopping) onExit();
  });
  return stop;
}

/** A role and a database for each service, which no other may enter. */
async function makeDatabases(
  { port, password }: { port: number; password: string },
  passwords: ReadonlyMap<string, string>,
): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  await client.connect();
  try {
    for (const [name, own] of passwords) {
      const [role, secret] = [client.escapeIdentifier(name), client.escapeLiteral(own)];
      const roles = await client.query('select 1 from pg_roles where rolname = $1', [name]);
      await client.query(`${roles.rowCount ? 'alter' : 'create'} role ${role} login password ${secret}`);
      const databases = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (!databases.rowCount) await client.query(`create database ${role} owner ${role}`);
      await client.query(`revoke connect on database ${role} from public`);
    }
  } finally {
    await client.end();
  }
}
