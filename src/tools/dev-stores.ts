import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';
import type { Service, System } from '../model/index.ts';
import type { StoreServersAnswer, StoreServersRequest } from './dev-store-servers.ts';
import { freePorts } from './free-ports.ts';
import { root } from './repository.ts';
import { CommandError } from './run-command.ts';

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

/** Passwords and keys, made once for each folder of data. */
type Secrets = Record<string, string>;

/** Where the data of a system on this machine are. @param folder of all of them. @default - `.trellis` of this repository */
export function dataFolder({ name }: System, folder = join(root, '.trellis')): string {
  return join(folder, name);
}

/**
 * Starts what the system's services keep their data in: an embedded Postgres, Redis if there is one, and a folder for objects. The data survive a restart.
 *
 * @throws CommandError if one does not start
 */
export async function startDevStores({ system, env, reset, print, onExit }: DevStoresProps): Promise<DevStores> {
  const folder = dataFolder(system, env['TRELLIS_DATA'] || undefined);
  if (reset) {
    await clear(folder);
    print(`cleared ${folder}`);
  }
  const uses = system.services.map((service) => service.uses);
  const needsPostgres = uses.some((each) => each.database);
  const needsRedis = uses.some((each) => each.keyValue);
  const isStateful = needsPostgres || needsRedis || uses.some((each) => each.objects);
  const secrets = isStateful || system.services.some(hasGenerated) ? await Vault.open(folder) : undefined;
  const [postgresPort = 0, redisPort = 0] = await freePorts(2);
  const postgres = needsPostgres ? { port: postgresPort, password: await of(secrets, 'postgres') } : undefined;
  const redisUrl = env['REDIS_URL'] || undefined;
  const redis =
    needsRedis && !redisUrl && isOnPath('redis-server', env['PATH'])
      ? { port: redisPort, password: await of(secrets, 'redis') }
      : undefined;

  if (postgres && !existsSync(join(folder, 'postgres', 'PG_VERSION'))) print(`making a Postgres in ${folder}`);
  const stop = postgres || redis ? await startServers({ folder, postgres, redis }, onExit) : async () => {};
  const environments = new Map<Service, Record<string, string>>();
  try {
    const databases = new Map<string, string>();
    for (const { name, uses: declared } of system.services)
      if (declared.database) databases.set(name, await of(secrets, `${name}-database`));
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
            : (redisUrl ?? `file:${join(folder, `${name}.sqlite`)}`),
        }),
        ...(service.uses.objects && { OBJECTS_URL: `file:${join(folder, 'objects', name)}` }),
        ...Object.fromEntries(
          await Promise.all(generated.map(async (variable) => [variable, await of(secrets, `${name}-${variable}`)])),
        ),
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const kinds = [
    ...(postgres ? ['Postgres'] : []),
    ...(needsRedis
      ? [redis ? 'Redis' : redisUrl ? 'Redis of REDIS_URL' : 'a file in place of Redis, as none is on PATH']
      : []),
    ...(uses.some((each) => each.objects) ? ['files'] : []),
  ];
  return {
    environmentOf: (service) => environments.get(service) ?? {},
    summary: kinds.length > 0 ? `data in ${folder} (${kinds.join(', ')}); --reset clears them` : '',
    stop,
  };
}

function hasGenerated({ env }: Service): boolean {
  return Object.values(env).some((declared) => declared.type === 'secret' && declared.generated);
}

/** Removes the data of a system. @throws CommandError while they are in use */
async function clear(folder: string): Promise<void> {
  const pid = Number.parseInt(await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => ''), 10);
  if (pid > 0 && isRunning(pid)) {
    throw new CommandError(
      `--reset: the data in ${folder} are in use by process ${pid}; allowed: data of no running system; fix: end the other npm run dev first`,
      1,
    );
  }
  await rm(folder, { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One of another user is there too, only not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function of(vault: Vault | undefined, name: string): Promise<string> {
  if (!vault) throw new Error(`no secrets for ${name}`);
  return vault.get(name);
}

/** The secrets of one folder of data. Only the owner may read its file. */
class Vault {
  readonly #file: string;
  readonly #secrets: Secrets;

  private constructor(file: string, secrets: Secrets) {
    this.#file = file;
    this.#secrets = secrets;
  }

  static async open(folder: string): Promise<Vault> {
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'secrets.json');
    const text = await readFile(file, 'utf8').catch(() => '{}');
    return new Vault(file, JSON.parse(text) as Secrets);
  }

  /** A value of its own for each name, the same for ever. */
  async get(name: string): Promise<string> {
    const known = this.#secrets[name];
    if (known !== undefined) return known;
    const made = randomBytes(32).toString('base64url');
    this.#secrets[name] = made;
    await writeFile(this.#file, `${JSON.stringify(this.#secrets, null, 2)}\n`, { mode: 0o600 });
    return made;
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

function isOnPath(program: string, path = ''): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
