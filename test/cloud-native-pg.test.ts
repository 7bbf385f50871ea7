import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sql } from '../src/apps/kit/stores/sql.ts';
import { openDatabase } from '../src/apps/kit/testing/opened-database.ts';
import { type PostgresServer, runSql, startPostgres } from '../src/apps/kit/testing/test-postgres.ts';
import { neededSecrets, newValues } from '../src/charts/needed-secrets.ts';
import { cloudNativePg, defineService, defineSystem, fixed, postgres, type Service } from '../src/model/index.ts';
import { contractNamed, environmentWith } from './declarations.ts';
import { objectNamed, objectsOf } from './objects.ts';
import { type PgBouncer, type ServerFiles, serverFiles, startPgBouncer } from './pgbouncer.ts';

/*
 * What is rendered for CloudNativePG, on a real Postgres and a real PgBouncer of this machine: its rules of who may come in, the settings of its poolers, and the
 * URL that a service gets. What the operator does with the rest needs a cluster with the operator.
 */

const serviceNamed = (name: string) =>
  defineService({
    contract: contractNamed(name),
    owner: 'team',
    description: 'Keeps.',
    scaling: fixed(1),
    uses: { database: postgres() },
  }) as Service;
const system = defineSystem({ name: 'shop', services: [serviceNamed('orders'), serviceNamed('stock')] });
const environment = environmentWith({
  stores: { database: cloudNativePg({ backups: 'none', api: { networks: ['10.10.0.0/28'], port: 6443 } }) },
});
const objects = objectsOf({ environment, systems: [system] });
const { managed, postgresql } = objectNamed(objects, 'Cluster', 'postgres').spec;
const { poolMode, parameters } = objectNamed(objects, 'Pooler', 'postgres-pooler').spec.pgbouncer;
const secrets = Object.fromEntries(neededSecrets(system, environment).map((each) => [each.name, newValues(each)]));

const stack = new AsyncDisposableStack();
let files: ServerFiles;
let server: PostgresServer;
let pooler: PgBouncer | undefined;

/** The URL of a service's Secret, with what is another here: where the pooler is, and where the authority's certificate. */
function urlOf(
  service: string,
  { port, database = service, tls = true }: { port: string; database?: string; tls?: boolean },
) {
  const url = new URL(secrets[`${service}-database`]?.['url'] ?? '');
  Object.assign(url, { hostname: 'localhost', port, pathname: `/${database}` });
  if (tls) url.searchParams.set('sslrootcert', files.certificate.authority);
  else url.search = '';
  return url.href;
}

beforeAll(async () => {
  files = stack.use(await serverFiles());
  const { key, cert } = files.certificate;
  // Ours stand between those of the operator, as its documentation has them, after one for these tests.
  const rules = ['host all postgres 127.0.0.1/32 password', ...postgresql.pg_hba, 'host all all all scram-sha-256', ''];
  server = stack.use(
    await startPostgres({
      ssl: 'on',
      ssl_key_file: key,
      ssl_cert_file: cert,
      hba_file: await files.write('pg_hba.conf', rules.join('\n')),
    }),
  );
  const passwords: Record<string, string> = {};
  for (const { name, connectionLimit } of managed.roles) {
    const password = secrets[`${name}-database`]?.['password'] ?? '';
    passwords[name] = password;
    await runSql(server.url, [
      `create role "${name}" login connection limit ${connectionLimit} password '${password}'`,
      `create database "${name}" owner "${name}"`,
    ]);
  }
  await runSql(server.url, ["create role app login password 'app'", 'create database app owner app']);
  try {
    const port = new URL(server.url).port;
    pooler = stack.use(await startPgBouncer(files, { port }, { ...parameters, pool_mode: poolMode }, passwords));
  } catch (error) {
    // Without one the tests that need it say so.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || process.env['CI']) throw error;
  }
}, 60_000);
afterAll(() => stack.disposeAsync());

const who = sql(
  'who',
  'select current_user::text as role, current_database()::text as database',
  z.object({ role: z.string(), database: z.string() }),
);

describe('who may come in', () => {
  const port = () => new URL(server.url).port;

  test('every rule is one that Postgres understands', async () => {
    expect(await runSql(server.url, ['select error from pg_hba_file_rules where error is not null'])).toEqual([]);
  });

  test('a role, encrypted and with its password, into its own database', async () => {
    expect(await runSql(urlOf('orders', { port: port() }), ['select current_user as role'])).toEqual([
      { role: 'orders' },
    ]);
  });

  test.each([
    ["another's database", { database: 'stock' }],
    ['the database of the superuser', { database: 'postgres' }],
    ['its own without TLS', { tls: false }],
  ])('but not into %s', async (_what, where) => {
    await expect(runSql(urlOf('orders', { port: port(), ...where }), ['select 1'])).rejects.toThrow(
      /pg_hba.conf rejects connection/,
    );
  });

  test('and nobody as the owner of the database that the operator asks for', async () => {
    const url = new URL(urlOf('orders', { port: port(), database: 'app' }));
    Object.assign(url, { username: 'app', password: 'app' });
    await expect(runSql(url.href, ['select 1'])).rejects.toThrow(/pg_hba.conf rejects connection/);
  });
});

describe('through the poolers a service', () => {
  /** The database of `orders` as its kit opens it. */
  const opened = (context: { skip(note?: string): void }, props: Parameters<typeof openDatabase>[1] = {}) => {
    if (!pooler) context.skip('no pgbouncer on PATH; fix: install it, such as by apt-get install pgbouncer');
    return openDatabase(urlOf('orders', { port: String(pooler?.port) }), { service: 'orders', ...props });
  };
  const migrations = [{ name: '001-notes', up: 'create table if not exists notes (id int primary key)' }];

  test('migrates under the lock of its session, and asks with prepared statements', async (context) => {
    await using one = opened(context, { migrations });
    await using other = opened(context, { migrations });
    await Promise.all([one.migrated, other.migrated]);
    const insert = sql('insertNote', 'insert into notes values ($1)');
    for (const id of [1, 2, 3]) expect(await one.run(insert, id)).toBe(1);
    expect(await other.one(who)).toEqual({ role: 'orders', database: 'orders' });
    await one.transaction(async (tx) => {
      await tx.run(insert, 4);
      await tx.run(insert, 5);
    });
    expect(await other.one(sql('notes', 'select count(*)::int as count from notes'))).toEqual({ count: 5 });
  });

  test('has its time-outs on each connection, and leaves none of them to the next one', async (context) => {
    await using patient = opened(context, { statementTimeout: 2_500, connections: 1 });
    const limit = sql(
      'limit',
      "select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle",
    );
    expect(await patient.one(limit)).toEqual({ statement: '2500ms', idle: '2500ms' });
    await using hasty = opened(context, { statementTimeout: 300, connections: 1 });
    expect(await hasty.one(limit)).toEqual({ statement: '300ms', idle: '300ms' });
    await expect(hasty.one(sql('pause', 'select pg_sleep(5)'))).rejects.toMatchObject({ code: 'database-timeout' });
    expect(await hasty.one(limit)).toEqual({ statement: '300ms', idle: '300ms' });
  });

  test('reaches nobody who does not show a certificate of that authority', async (context) => {
    await using own = opened(context);
    expect(await own.one(who)).toMatchObject({ role: 'orders' });
    await using stranger = opened(context, {
      url: urlOf('orders', { port: String(pooler?.port) }).replace('localhost', '127.0.0.1'),
    });
    await expect(stranger.one(who)).rejects.toMatchObject({ code: 'database-unavailable' });
  });
});
