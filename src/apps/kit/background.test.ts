import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Background } from './background.ts';
import { createFollow, cursorMigration, type Entry } from './follow.ts';
import { createLog } from './log.ts';
import { HttpError } from './problem.ts';
import { createDatabase } from './stores/database.ts';
import { sql } from './stores/sql.ts';
import { eventually } from './testing/eventually.ts';
import { LogLines } from './testing/log-lines.ts';
import { testDatabase } from './testing/test-postgres.ts';

function build() {
  const registry = new Registry();
  const lines = new LogLines();
  const log = createLog({ service: 'test', version: '1', level: 'info', to: lines });
  const background = new Background({ service: 'test', registry, log });
  return { background, registry, lines, log, [Symbol.asyncDispose]: () => background.stop() };
}

test('work is done again and again, one that fails is logged and tried again, and all of it is counted', async () => {
  await using app = build();
  let runs = 0;
  app.background.every('sweep', '5ms', async () => {
    runs++;
    if (runs === 2) throw new Error('no luck');
  });
  await sleep(30);
  expect(runs).toBe(0);
  app.background.start();
  await eventually(() => expect(runs).toBeGreaterThan(3));
  const { values } = (await app.registry.getSingleMetric('background_runs_total')?.get()) ?? { values: [] };
  const failed = values.find(({ labels }) => labels['outcome'] === 'error');
  expect(failed).toMatchObject({ value: 1, labels: { service: 'test', job: 'sweep' } });
  expect(app.lines.all().filter((line) => line['job'] === 'sweep')).toHaveLength(1);
});

test('a stack is logged for a mistake, and none while a store is away', async () => {
  await using app = build();
  const away = new HttpError(503, 'database-unavailable', 'The database is not ready; try again later', {
    retryAfter: 2,
  });
  app.background.every('away', '1h', () => Promise.reject(away));
  app.background.every('wrong', '1h', () => Promise.reject(new Error('no luck')));
  app.background.start();
  await eventually(() => expect(app.lines.all()).toHaveLength(2));
  expect(app.lines.all().map((line) => [line['job'], line['reason'], line['exception.stacktrace']])).toEqual([
    ['away', 'The database is not ready; try again later', undefined],
    ['wrong', undefined, expect.stringContaining('no luck')],
  ]);
});

test('two that want it done at the same time wait for one run, and its failure reaches both', async () => {
  await using app = build();
  let runs = 0;
  const work = app.background.every('once', '1h', async () => {
    runs++;
    await sleep(10);
    throw new Error('no luck');
  });
  await Promise.all([expect(work.now()).rejects.toThrow('no luck'), expect(work.now()).rejects.toThrow('no luck')]);
  expect(runs).toBe(1);
});

test('work that fails before it waits for anything is done again', async () => {
  await using app = build();
  let runs = 0;
  const work = app.background.every('once', '1h', () => {
    runs++;
    throw new Error('no luck');
  });
  await expect(work.now()).rejects.toThrow('no luck');
  await expect(work.now()).rejects.toThrow('no luck');
  expect(runs).toBe(2);
});

test('work without a pause is refused: it would keep a core busy', async () => {
  await using app = build();
  expect(() => app.background.every('sweep', '0s', async () => {})).toThrow(
    'the interval of the background work sweep is 0s; allowed: 1ms and more; fix: set how long it rests, such as 1m',
  );
});

test('the end aborts the work that is under way, and waits for it', async () => {
  const app = build();
  let ended = false;
  app.background.every('long', '1h', async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await sleep(20);
    ended = true;
  });
  app.background.start();
  await sleep(5);
  await app.background.stop();
  expect(ended).toBe(true);
});

test('a list of another service is followed to its end, each entry once, by however many replicas', async () => {
  await using place = await testDatabase();
  const list: Entry[] = Array.from({ length: 25 }, (_, at) => ({ position: 2 * at + 1 }));
  const applied = sql('applied', 'select position from applied order by at', z.object({ position: z.coerce.number() }));
  const note = sql('note', 'insert into applied (position) values ($1)');
  let isAway = false;
  const replicas = [1, 2, 3].map(() => {
    const app = build();
    const database = createDatabase({
      url: place.url,
      connections: 3,
      connectTimeout: 2_000,
      statementTimeout: 2_000,
      service: 'test',
      registry: app.registry,
      log: app.log,
      migrations: [
        cursorMigration,
        { name: '001-applied', up: 'create table applied (at bigserial primary key, position bigint not null)' },
      ],
    });
    const work = createFollow(
      database,
      app.background,
    )({
      name: 'numbers',
      every: '1h',
      read: async (after) => {
        if (isAway) throw new Error('away');
        return list.filter(({ position }) => position > after).slice(0, 10);
      },
      apply: async (tx, { position }) => {
        await tx.run(note, position);
        if (position === 21 && !isAway && list.length === 25) {
          list.push({ position: 99 });
          throw new Error('the first try of 21 fails');
        }
      },
    });
    return { app, database, work };
  });
  const [first] = replicas;
  if (!first) throw new Error('no replica');
  const all = () => Promise.allSettled(replicas.map(({ work }) => work.now()));
  const positions = async () => (await first.database.all(applied)).map(({ position }) => position);

  await all();
  await all();
  await all();
  expect(await positions()).toEqual(list.map(({ position }) => position));

  isAway = true;
  list.push({ position: 100 });
  await expect(first.work.now()).rejects.toThrow('away');
  isAway = false;
  await all();
  expect(await positions()).toEqual(list.map(({ position }) => position));
  await Promise.all(replicas.map(({ app, database }) => app.background.stop().then(() => database.close())));
});
