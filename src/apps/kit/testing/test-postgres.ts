import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export { type PostgresServer, startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the URL of the run's Postgres, which it starts when it is first asked. */
    postgresStarter: string;
  }
}

/** An empty database with a user who owns it, on the Postgres that all tests of a run share. Dropped at the end of the scope, whoever is connected. */
export interface TestDatabase extends AsyncDisposable {
  /** Of its owner, as a service has it. */
  readonly url: string;
  /** Of the server's superuser, in the same database. */
  readonly adminUrl: string;
}

/** @param serverUrl of the superuser of another server. @default - the one of this run */
export async function testDatabase(serverUrl?: string): Promise<TestDatabase> {
  const server = serverUrl ?? (await sharedServer());
  const name = `test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await runSql(server, [`create role ${name} login password '${password}'`, `create database ${name} owner ${name}`]);
  const at = (user: Partial<Pick<URL, 'username' | 'password'>>) =>
    Object.assign(new URL(server), { ...user, pathname: `/${name}` }).href;
  return {
    url: at({ username: name, password }),
    adminUrl: at({}),
    async [Symbol.asyncDispose]() {
      await runSql(server, [`drop database ${name} with (force)`, `drop role ${name}`]);
    },
  };
}

/** Runs SQL on a connection of its own, one statement after the other. @returns the rows of the last */
export async function runSql<Row extends object = Record<string, unknown>>(
  url: string,
  statements: readonly string[],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) ({ rows } = await client.query<Row>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

async function sharedServer(): Promise<string> {
  const response = await fetch(inject('postgresStarter'));
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}
