import { Registry } from 'prom-client';
import { createLog } from '../log.ts';
import { createDatabase, type DatabaseProps, type OwnDatabase } from '../stores/database.ts';
import { LogLines } from './log-lines.ts';

/** A database as a service has it, with its log lines and metrics. Closed at the end of the scope. */
export interface OpenedDatabase extends OwnDatabase, AsyncDisposable {
  readonly lines: LogLines;
  readonly registry: Registry;
}

/** @param props what differs from 4 connections, 5 s to connect, 10 s for a statement and no migrations */
export function openDatabase(url: string, props: Partial<DatabaseProps> = {}): OpenedDatabase {
  const lines = new LogLines();
  const registry = new Registry();
  const database = createDatabase({
    url,
    connections: 4,
    connectTimeout: 5_000,
    statementTimeout: 10_000,
    migrations: [],
    service: 'sample',
    registry,
    log: createLog({ service: 'sample', version: 'dev', level: 'debug', to: lines }),
    ...props,
  });
  return { ...database, lines, registry, [Symbol.asyncDispose]: () => database.close() };
}
