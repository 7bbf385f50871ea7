import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { HttpError } from '../problem.ts';
import { eventually } from '../testing/eventually.ts';
import { openDatabase } from '../testing/opened-database.ts';
import { nowhere } from '../testing/stub-server.ts';
import { runSql, startPostgres, testDatabase } from '../testing/test-postgres.ts';
import { brokenConstraint, type Database, type Queries } from './database.ts';
import { sql } from './sql.ts';

const migrations = [
  {
    name: '001-notes',
    up: `create table notes (id int primary key, handle text not null constraint notes_handle_key unique, likes int not null default 0);
         insert into notes values (1, 'one'), (2, 'two')`,
  },
];
const note = z.object({ id: z.int(), handle: z.string() });
const noteById = sql('noteById', 'select id, handle from notes where id = $1', note);
const allNotes = sql('allNotes', 'select id, handle from notes order by id', note);
const addNote = sql('addNote', 'insert into notes (id, handle) values ($1, $2)');
const like = sql('like', 'update notes set likes = likes + 1 where id = $1');
const pid = sql('pid', 'select pg_backend_pid() as pid', z.object({ pid: z.int() }));
const pause = sql('pause', 'select pg_sleep($1)');
const one = sql('one', 'select 1');

const pidOf = async (queries: Queries) => (await queries.one(pid))?.pid;
const kill = (url: string, where: string) =>
  runSql(url, [
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and ${where}`,
  ]);
/** What a promise is rejected with, and after how many milliseconds. */
const failureOf = async (promise: Promise<unknown>) => {
  const startedAt = performance.now();
  const error = await promise.then(
    () => undefined,
    (thrown: HttpError) => thrown,
  );
  return { error, ms: performance.now() - startedAt };
};
const unavailable = { statusCode: 503, code: 'database-unavailable', retryAfter: 2 };

describe('statements', () => {
  test('give rows as their schema says, one row or none, and how many rows they changed', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    expect(await db.all(allNotes)).toEqual([
      { id: 1, handle: 'one' },
      { id: 2, handle: 'two' },
    ]);
    expect(await db.one(noteById, 2)).toEqual({ id: 2, handle: 'two' });
    expect(await db.one(noteById, 3)).toBeUndefined();
    expect(await db.run(sql('likeAll', 'update notes set likes = 1'))).toBe(2);
    expect(await db.one(sql('likesOf', 'select sum(likes)::int as sum from notes'))).toEqual({ sum: 2 });
  });

  test('of one row refuse more, and rows that do not fit; neither message shows a value', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    await expect(db.one(allNotes)).rejects.toThrow(
      'statement allNotes gave 2 rows; allowed: one at most; fix: narrow its where, or use all',
    );
    const wrong = sql('wrong', "select 'hidden' as id", z.object({ id: z.int() }));
    await expect(db.all(wrong)).rejects.toThrow(
      'statement wrong gave a row that its schema does not allow: id: Invalid input: expected number, received string',
    );
  });

  test('are prepared once for each connection, by name and text', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations, connections: 1 });
    for (const id of [1, 2, 3]) await db.one(noteById, id);
    await db.one(sql('noteById', 'select id, handle from notes where id = $1 limit 1', note), 1);
    const prepared = sql(
      'prepared',
      "select name, (generic_plans + custom_plans)::int as runs from pg_prepared_statements where name like 'noteById%' order by runs",
    );
    expect(await db.all(prepared)).toEqual([
      { name: expect.stringMatching(/^noteById_[0-9a-f]{12}$/), runs: 1 },
      { name: noteById.preparedName, runs: 3 },
    ]);
  });

  test.each(['', 'note-by-id', 'NoteById', 'a'.repeat(51)])('may not be called %j', (name) => {
    expect(() => sql(name, 'select 1')).toThrow(
      `the statement's name is ${JSON.stringify(name)}; allowed: lowerCamelCase of at most 50 letters and digits; fix: name it like postById`,
    );
  });

  test('that break a constraint say which; that are wrong stay errors; neither shows a value', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    const { error: twice } = await failureOf(db.run(addNote, 3, 'one'));
    expect(brokenConstraint(twice)).toBe('notes_handle_key');
    const { error: missing } = await failureOf(db.run(addNote, 4, null));
    expect(brokenConstraint(missing)).toBeUndefined();
    const { error: unfit } = await failureOf(db.run(addNote, 'secret-text', 'x'));
    const { error: misspelt } = await failureOf(db.run(sql('misspelt', 'selct 1')));
    expect([twice, missing, unfit, misspelt].map((error) => error?.message)).toEqual([
      'statement addNote failed: duplicate key value violates unique constraint "notes_handle_key" (23505)',
      'statement addNote failed: null value in column "handle" of relation "notes" violates not-null constraint (23502), column handle',
      'statement addNote failed: a value does not fit (22P02)',
      'statement misspelt failed: syntax error at or near "selct" (42601)',
    ]);
    // What a log line would show of it.
    db.lines.write('');
    for (const error of [twice, missing, unfit])
      expect(JSON.stringify({ ...error })).not.toMatch(/secret-text|\(one\)/);
    expect(brokenConstraint(misspelt)).toBeUndefined();
    expect(await db.one(noteById, 1)).toBeDefined();
  });

  test('take no longer than their time-out; the connection is used again', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { connections: 1, statementTimeout: 200 });
    const before = await pidOf(db);
    const { error, ms } = await failureOf(db.run(pause, 60));
    expect(error).toMatchObject({ statusCode: 503, code: 'database-timeout', retryAfter: 2 });
    expect(ms).toBeLessThan(15_000);
    expect(await pidOf(db)).toBe(before);
    expect(db.lines.of('statement timed out')).toMatchObject([
      { severity_text: 'WARN', statement: 'pause', timeout_ms: 200 },
    ]);
  });

  test('survive a migration that changes what they give, on every connection', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    const everything = sql('everything', 'select * from notes where id = $1');
    const together = () =>
      Promise.all(
        Array.from({ length: 4 }, () =>
          db.transaction(async (tx) => [await tx.run(pause, 0.1), await tx.one(everything, 1)]),
        ),
      );
    await together();
    await runSql(server.adminUrl, ['alter table notes add column added int']);
    expect(await db.one(everything, 1)).toHaveProperty('added');
    for (const [, row] of await together()) expect(row).toHaveProperty('added');
  });
});

describe('a transaction', () => {
  test('takes effect as a whole, or not at all', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    const warn = vi.spyOn(process, 'emitWarning');
    const result = await db.transaction(async (tx) => {
      await Promise.all([tx.run(addNote, 3, 'three'), tx.run(addNote, 4, 'four'), tx.run(like, 1)]);
      expect(await db.one(noteById, 3)).toBeUndefined();
      return tx.one(noteById, 3);
    });
    expect(result).toEqual({ id: 3, handle: 'three' });
    // The driver objects to statements that are started while another runs.
    expect(warn).not.toHaveBeenCalled();
    const failing = db.transaction(async (tx) => {
      await tx.run(addNote, 5, 'five');
      throw new Error('changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    expect((await db.all(allNotes)).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  test('whose work hides a refused statement fails, as Postgres has undone it', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    const work = async (tx: Queries) => {
      await tx.run(addNote, 3, 'three');
      await tx.run(addNote, 4, 'one').catch(() => {});
      return 'well';
    };
    const { error } = await failureOf(db.transaction(work));
    expect(brokenConstraint(error)).toBe('notes_handle_key');
    expect(await db.one(noteById, 3)).toBeUndefined();
  });

  test('waits for statements that nobody awaits; one that is refused undoes all', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    const start = async (tx: Queries, last: string) => {
      for (const [id, handle] of [
        [3, 'three'],
        [4, 'four'],
        [5, last],
      ])
        tx.run(addNote, id, handle).catch(() => {});
    };
    await expect(db.transaction((tx) => start(tx, 'one'))).rejects.toMatchObject({ constraint: 'notes_handle_key' });
    expect(await db.all(allNotes)).toHaveLength(2);
    await db.transaction((tx) => start(tx, 'five'));
    expect(await db.all(allNotes)).toHaveLength(5);
  });

  test('has an end, after which its statements are refused', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url);
    let kept: Queries | undefined;
    await db.transaction(async (tx) => {
      kept = tx;
    });
    await expect(kept?.run(one)).rejects.toThrow(
      'statement one came after the end of its transaction; fix: await every statement in it',
    );
  });

  test('that is in a deadlock with another is done again', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations });
    let runs = 0;
    let arrived = 0;
    const both = Promise.withResolvers<void>();
    const likeInOrder = (first: number, second: number) =>
      db.transaction(async (tx) => {
        runs++;
        await tx.run(like, first);
        if (++arrived === 2) both.resolve();
        await both.promise;
        await tx.run(like, second);
      });
    await Promise.all([likeInOrder(1, 2), likeInOrder(2, 1)]);
    expect(runs).toBe(3);
    expect(await db.all(sql('likes', 'select likes from notes'))).toEqual([{ likes: 2 }, { likes: 2 }]);
    // A connection counts what it met when it ends.
    await db.close();
    const deadlocks = 'select deadlocks::int from pg_stat_database where datname = current_database()';
    await eventually(async () => expect(await runSql(server.adminUrl, [deadlocks])).toEqual([{ deadlocks: 1 }]));
  });

  test('that conflicts again and again is done four times', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url);
    const conflict = sql('conflict', "do $$ begin raise exception 'in the way' using errcode = '40001'; end $$");
    let runs = 0;
    const { error } = await failureOf(
      db.transaction(async (tx) => {
        runs++;
        await tx.run(conflict);
      }),
    );
    expect(error).toMatchObject({ name: 'QueryError', sqlState: '40001' });
    expect(runs).toBe(4);
  });

  test('that waits for something else between its statements is ended, and told so', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations, statementTimeout: 200 });
    const slow = db.transaction(async (tx) => {
      await tx.run(like, 1);
      await sleep(600);
      await tx.run(like, 1);
    });
    await expect(slow).rejects.toThrow(
      'statement like came too late: its transaction was idle for more than 200 ms, so the database ended it; fix: wait for nothing else between its statements',
    );
    expect(await db.run(like, 1)).toBe(1);
  });
});

describe('a connection that is lost', () => {
  test('during a statement makes a 503, once; the next one is well', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url);
    await db.run(one);
    const running = failureOf(db.run(pause, 1.5));
    await sleep(100);
    await kill(server.adminUrl, "query like '%pg_sleep%' and pid <> pg_backend_pid()");
    expect((await running).error).toMatchObject(unavailable);
    expect(await db.run(one)).toBe(1);
    expect(db.lines.of('database unavailable')).toMatchObject([
      { severity_text: 'WARN', reason: expect.stringContaining('57P01') },
    ]);
    expect(db.lines.of('database available again')).toHaveLength(1);
  });

  test('during a transaction undoes it and is not used again', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { migrations, connections: 1 });
    let lost: number | undefined;
    const transaction = db.transaction(async (tx) => {
      await tx.run(addNote, 3, 'three');
      lost = await pidOf(tx);
      await kill(server.adminUrl, `pid = ${lost}`);
      await sleep(100);
      await tx.run(addNote, 4, 'four');
    });
    expect((await failureOf(transaction)).error).toMatchObject(unavailable);
    expect((await db.all(allNotes)).map(({ id }) => id)).toEqual([1, 2]);
    expect(await pidOf(db)).not.toBe(lost);
  });

  test('while nobody uses it is not noticed by anybody', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url);
    await Promise.all(Array.from({ length: 4 }, () => db.run(pause, 0.1)));
    await kill(server.adminUrl, "application_name = 'sample'");
    await eventually(() => expect(db.lines.of('idle database connection lost').length).toBeGreaterThanOrEqual(4));
    expect(await db.run(one)).toBe(1);
    expect(db.lines.of('database unavailable')).toEqual([]);
  });

  test('without a word, as in a broken network, ends its statement soon after the time-out', async () => {
    await using server = await testDatabase();
    await using network = await breakable(server.url);
    await using db = openDatabase(network.url, { statementTimeout: 200 });
    await db.run(one);
    network.freeze();
    const { error, ms } = await failureOf(db.run(one));
    expect(error).toMatchObject(unavailable);
    expect(ms).toBeLessThan(15_000);
    network.thaw();
    await eventually(() => db.run(one));
  });
});

describe('a database that is away', () => {
  test('makes a 503 until it is back; then all is well without a restart', async () => {
    await using server = await startPostgres();
    await using database = await testDatabase(server.url);
    await using db = openDatabase(database.url, { migrations });
    expect(await db.all(allNotes)).toHaveLength(2);
    await server.stop();
    for (const [error, ms] of await Promise.all(
      Array.from({ length: 12 }, async () => {
        const failure = await failureOf(db.all(allNotes));
        return [failure.error, failure.ms] as const;
      }),
    )) {
      expect(error).toMatchObject(unavailable);
      expect(ms).toBeLessThan(10_000);
    }
    expect((await failureOf(db.transaction((tx) => tx.run(one)))).error).toMatchObject(unavailable);
    await expect(db.check(AbortSignal.timeout(1_000))).rejects.toMatchObject(unavailable);
    await server.start();
    await eventually(() => db.check(AbortSignal.timeout(1_000)));
    expect(await db.all(allNotes)).toHaveLength(2);
    // An outage is told now and then, not by every query.
    expect(db.lines.of('database unavailable').length).toBeLessThanOrEqual(4);
    expect(db.lines.of('database available again')).toHaveLength(1);
  });

  test('or that takes connections but does not answer, costs a query its time to connect, however many wait', async () => {
    await using server = await testDatabase();
    await using network = await breakable(server.url);
    await using db = openDatabase(network.url, { connections: 2, connectTimeout: 2_000 });
    await db.migrated;
    network.freeze();
    const failures = await Promise.all(Array.from({ length: 6 }, () => failureOf(db.run(one))));
    for (const { error, ms } of failures) {
      expect(error).toMatchObject(unavailable);
      expect(ms).toBeGreaterThan(1_900);
      // One after the other they would take six times as long, and by the statement's time-out much longer.
      expect(ms).toBeLessThan(9_000);
    }
  });

  test('of which all connections are busy makes another 503, in time, and stays ready', async () => {
    await using server = await testDatabase();
    await using db = openDatabase(server.url, { connections: 2, connectTimeout: 1_000 });
    await db.migrated;
    const busy = [db.run(pause, 4), db.run(pause, 4)];
    await sleep(100);
    await db.check(AbortSignal.timeout(3_000));
    // Had it waited for one of them, it would not fail.
    const { error } = await failureOf(db.run(one));
    expect(error).toMatchObject({ statusCode: 503, code: 'database-busy', retryAfter: 2 });
    await Promise.all(busy);
    expect(await db.run(one)).toBe(1);
    expect(db.lines.of('no database connection free')).toMatchObject([{ reason: 'all 2 connections busy' }]);
  });

  test('does not hold the end', async () => {
    const url = (await nowhere()).replace('http', 'postgres');
    const db = openDatabase(`${url}/none`);
    await sleep(50);
    const startedAt = performance.now();
    await Promise.all([db.close(), db.close()]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await expect(db.migrated).rejects.toThrow('the database is closed');
  });
});

test('every statement has its durations, and the connections their states', async () => {
  await using server = await testDatabase();
  await using db = openDatabase(server.url, { migrations, connections: 1 });
  await db.all(allNotes);
  await db.transaction((tx) => tx.all(allNotes));
  await failureOf(db.run(addNote, 1, 'again'));
  const text = await db.registry.metrics();
  const labels = (statement: string, outcome: string) =>
    `{service="sample",statement="${statement}",outcome="${outcome}"}`;
  const lines = text.split('\n');
  expect(lines).toContain(`database_query_duration_seconds_count${labels('allNotes', 'ok')} 2`);
  expect(lines).toContain(`database_query_duration_seconds_count${labels('allNotes', 'error')} 0`);
  expect(lines).toContain(`database_query_duration_seconds_count${labels('addNote', 'error')} 1`);
  const states = async () =>
    (await db.registry.metrics()).split('\n').filter((line) => line.startsWith('database_connections{'));
  const expected = (idle: number, busy: number, waiting: number) => [
    `database_connections{service="sample",state="idle"} ${idle}`,
    `database_connections{service="sample",state="busy"} ${busy}`,
    `database_connections{service="sample",state="waiting"} ${waiting}`,
  ];
  expect(await states()).toEqual(expected(1, 0, 0));
  const running = [db.run(pause, 0.3), db.run(one)];
  await sleep(100);
  expect(await states()).toEqual(expected(0, 1, 1));
  await Promise.all(running);
});

test('the server knows the connections by the name of the service', async () => {
  await using server = await testDatabase();
  await using db = openDatabase(server.url);
  expect(await db.one(sql('name', "select current_setting('application_name') as name"))).toEqual({ name: 'sample' });
});

describe('the password', () => {
  test('is in no error about a URL', () => {
    for (const url of [
      'postgres://user:pass-word@/x',
      'http://user:pass-word@host/x',
      'pass-word',
      'postgres://u:pass-word#@h/x',
      'postgres://u:100%pass-word@h/x',
    ]) {
      let message = '';
      try {
        openDatabase(url);
      } catch (error) {
        message = `${error} ${JSON.stringify(error)} ${(error as Error).stack}`;
      }
      expect(message).toContain('allowed: postgres://user:password@host:port/database');
      expect(message).not.toContain('pass-word');
    }
  });

  test('is in no error and no log line, whatever goes wrong', async () => {
    await using server = await testDatabase();
    const wrong = new URL(server.url);
    wrong.password = 'wrong-pass-word';
    const { port, pathname, username } = wrong;
    const nobody = `postgres://${username}:wrong-pass-word@127.0.0.1:${new URL(await nowhere()).port}${pathname}`;
    for (const [url, reason] of [
      [wrong.href, 'password authentication failed'],
      [nobody, 'ECONNREFUSED'],
      [`postgres://${username}:wrong-pass-word@host.invalid:${port}/x`, 'host.invalid'],
    ] as const) {
      await using db = openDatabase(url, { connectTimeout: 300 });
      const { error } = await failureOf(db.run(one));
      expect(error).toMatchObject(unavailable);
      expect(`${error?.stack}${JSON.stringify(error)}`).not.toContain('pass-word');
      await eventually(() => expect(db.lines.text).toContain(reason));
      expect(db.lines.text).not.toContain('pass-word');
    }
  });
});

test('a database fits where only queries are asked for', async () => {
  await using server = await testDatabase();
  await using db = openDatabase(server.url, { migrations });
  const count = (queries: Queries) => queries.one(sql('count', 'select count(*)::int as count from notes'));
  const both = async (database: Database) => [await count(database), await database.transaction(count)];
  expect(await both(db)).toEqual([{ count: 2 }, { count: 2 }]);
});

/** A way to a server that can fall silent without closing a connection. */
async function breakable(url: string) {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((from) => {
    const onwards = dial(Number(to.port), to.hostname);
    for (const [socket, other] of [
      [from, onwards],
      [onwards, from],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (data) => void (isFrozen || other.write(data)));
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = new URL(url);
  at.port = String((server.address() as AddressInfo).port);
  return {
    url: at.href,
    freeze: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
