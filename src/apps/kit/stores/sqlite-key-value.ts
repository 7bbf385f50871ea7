import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../log.ts';
import { Availability } from './availability.ts';
import type { Count } from './key-value.ts';
import { type KeyValueBackend, wrongKind } from './key-value-backend.ts';

/** How often what is over is removed, in milliseconds. Reads never see it, so this is only about the size of the file. */
const sweepInterval = 60_000;

/** A row of a set has no value: its members are in a table of their own. */
const schema = `
  CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT, expires INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS entries_by_expires ON entries (expires);
  CREATE TABLE IF NOT EXISTS members (
    key TEXT NOT NULL REFERENCES entries (key) ON DELETE CASCADE,
    member TEXT NOT NULL,
    PRIMARY KEY (key, member)
  ) STRICT, WITHOUT ROWID;
`;

interface Entry {
  /** Null where a set is. */
  readonly value: string | null;
  /** In milliseconds of the clock: it goes on while no process runs. */
  readonly expires: number;
}

/**
 * Values in a file, for machines without a Redis. Every answered write outlives the process, however it ends; after a power cut the last ones may
 * be lost. Each command holds up the process until it is done, which takes well under a millisecond.
 */
export class SqliteKeyValue implements KeyValueBackend {
  readonly #availability: Availability;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #sweeper: NodeJS.Timeout;

  /** @param props.timeout how long a command waits for another process that writes, in milliseconds */
  constructor({ url, log, timeout }: { url: string; log: Logger; timeout: number }) {
    const path = fileURLToPath(url);
    this.#availability = new Availability('key-value store', path, log);
    this.#database = open(path, timeout);
    this.#sweep();
    this.#sweeper = setInterval(() => this.#sweep(), sweepInterval).unref();
  }

  async get(key: string): Promise<string | undefined> {
    return this.#guard(() => this.#textAt(key));
  }

  async set(key: string, value: string, lifetime: number, onlyIfAbsent: boolean): Promise<boolean> {
    return this.#write(key, (now) => {
      if (!onlyIfAbsent) this.#run('DELETE FROM entries WHERE key = ?', key);
      return this.#run('INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT DO NOTHING', key, value, now + lifetime) === 1;
    });
  }

  async replace(key: string, expected: string, value: string, lifetime: number): Promise<boolean> {
    return this.#write(key, (now) => {
      if (this.#textAt(key) !== expected) return false;
      this.#run('UPDATE entries SET value = ?, expires = ? WHERE key = ?', value, now + lifetime, key);
      return true;
    });
  }

  async delete(keys: readonly string[]): Promise<number> {
    return this.#write(undefined, (now) => {
      const deleted = keys.map((key) => this.#run('DELETE FROM entries WHERE key = ? AND expires > ?', key, now));
      return deleted.reduce((sum, each) => sum + each, 0);
    });
  }

  async increment(key: string, lifetime: number): Promise<Count> {
    return this.#write(key, (now) => {
      const before = this.#entryAt(key) ?? { value: '0', expires: now + lifetime };
      if (before.value === null || !/^(0|-?[1-9]\d*)$/.test(before.value)) throw wrongKind();
      const count = Number(before.value) + 1;
      this.#run(
        'INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
        key,
        String(count),
        before.expires,
      );
      return { count, resetsIn: before.expires - now };
    });
  }

  async addTo(set: string, member: string, lifetime: number): Promise<void> {
    this.#write(set, (now) => {
      this.#isSet(set);
      this.#run(
        'INSERT INTO entries VALUES (?, NULL, ?) ON CONFLICT DO UPDATE SET expires = max(expires, excluded.expires)',
        set,
        now + lifetime,
      );
      this.#run('INSERT INTO members VALUES (?, ?) ON CONFLICT DO NOTHING', set, member);
    });
  }

  async removeFrom(set: string, members: readonly string[]): Promise<number> {
    return this.#write(set, () => {
      if (!this.#isSet(set)) return 0;
      const removed = members.map((each) => this.#run('DELETE FROM members WHERE key = ? AND member = ?', set, each));
      this.#run('DELETE FROM entries WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM members WHERE key = ?1)', set);
      return removed.reduce((sum, each) => sum + each, 0);
    });
  }

  async membersOf(set: string): Promise<string[]> {
    return this.#guard(() => {
      if (!this.#isSet(set)) return [];
      const rows = this.#statement('SELECT member FROM members WHERE key = ?').all(set);
      return rows.map(({ member }) => String(member));
    });
  }

  async check(): Promise<void> {
    this.#guard(() => this.#entryAt(''));
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    if (this.#database.isOpen) this.#database.close();
  }

  /** What is at a key and not over. */
  #entryAt(key: string): Entry | undefined {
    const row = this.#statement('SELECT value, expires FROM entries WHERE key = ? AND expires > ?').get(
      key,
      Date.now(),
    );
    return row as Entry | undefined;
  }

  #textAt(key: string): string | undefined {
    const entry = this.#entryAt(key);
    if (entry?.value === null) throw wrongKind();
    return entry?.value;
  }

  /** @returns false where there is nothing */
  #isSet(key: string): boolean {
    const entry = this.#entryAt(key);
    if (entry && entry.value !== null) throw wrongKind();
    return entry !== undefined;
  }

  #sweep(): void {
    try {
      this.#run('DELETE FROM entries WHERE expires <= ?', Date.now());
    } catch {
      // Another process writes, or the disk is full, which the next command says. The next sweep removes the same.
    }
  }

  /** In one transaction, which no other process writes within. @param key where what is over is removed first, so that it is in nobody's way */
  #write<Result>(key: string | undefined, change: (now: number) => Result): Result {
    return this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const now = Date.now();
        if (key !== undefined) this.#run('DELETE FROM entries WHERE key = ? AND expires <= ?', key, now);
        const result = change(now);
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk has rolled back already.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** @returns how many rows it changed */
  #run(sql: string, ...values: (string | number)[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #statement(sql: string): StatementSync {
    const prepared = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #guard<Result>(run: () => Result): Result {
    try {
      const result = run();
      this.#availability.well();
      return result;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ERR_SQLITE_ERROR' && code !== 'ERR_INVALID_STATE') throw error;
      throw this.#availability.away(message);
    }
  }
}

function open(path: string, timeout: number): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path, { timeout, enableForeignKeyConstraints: true });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec(schema);
    return database;
  } catch (error) {
    throw new Error(
      `the key-value store ${path} does not open: ${(error as Error).message}; allowed: a file of its own in a folder that this process may write; fix: choose another`,
      { cause: error },
    );
  }
}
