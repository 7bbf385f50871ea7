import { Client } from 'pg';
import type { Logger } from '../log.ts';
import { keepAlive } from '../stores/connections.ts';
import { onceReached } from './once-reached.ts';

/** How long the database may take to answer, in milliseconds. */
const connectTimeout = 10_000;

/** A connection of its own, whose statements take as long as they take. Closed at the end of the scope, and what was not committed is undone. @param name what it is called in the database */
export async function backupConnection(
  url: string,
  name: string,
  log: Logger,
): Promise<{ readonly client: Client } & AsyncDisposable> {
  const client = await onceReached({
    what: 'the database',
    log,
    reach: () => connected(url, name),
    isAway: (error) => 'syscall' in error,
  });
  return {
    client,
    async [Symbol.asyncDispose]() {
      await client.end().catch(() => {});
    },
  };
}

async function connected(url: string, name: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    ...keepAlive,
    application_name: name,
  });
  // A lost connection also fails the query under way; without a listener it would end the process besides.
  client.on('error', () => {});
  await client.connect();
  return client;
}
