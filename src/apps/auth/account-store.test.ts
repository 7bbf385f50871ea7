import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { openDatabase } from '../kit/testing/opened-database.ts';
import { runSql, testDatabase } from '../kit/testing/test-postgres.ts';
import { AccountStore } from './account-store.ts';
import { migrations } from './migrations.ts';

const hash = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXP';

async function add(store: AccountStore, email = `${randomUUID()}@example.com`) {
  const account = await store.add({ id: randomUUID(), email, passwordHash: hash });
  if (!account) throw new Error(`${email} is taken`);
  return account;
}

test('of many who register the same address at once, on two instances, one gets it', async () => {
  await using server = await testDatabase();
  await using one = openDatabase(server.url, { migrations });
  await using other = openDatabase(server.url, { migrations });
  const stores = [new AccountStore(one), new AccountStore(other)];
  const tries = Array.from({ length: 20 }, (_, at) =>
    stores[at % 2]?.add({ id: randomUUID(), email: 'ada@example.com', passwordHash: hash }),
  );
  const made = (await Promise.all(tries)).filter((account) => account !== undefined);
  expect(made).toHaveLength(1);
  expect(await stores[0]?.byEmail('ada@example.com')).toEqual(made[0]);
});

test('the database itself refuses an address in another case, and what is no hash', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const store = new AccountStore(database);
  const given = { id: randomUUID(), email: 'ada@example.com', passwordHash: hash };
  await expect(store.add({ ...given, email: 'Ada@example.com' })).rejects.toThrow('accounts_email_form_check');
  await expect(store.add({ ...given, passwordHash: 'open sesame' })).rejects.toThrow('accounts_password_hash_check');
  expect(await store.add(given)).toMatchObject({ ...given, passwordVersion: 1, passwordSetBy: null });
});

test('of two changes of one password at once, one happens', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const store = new AccountStore(database);
  const account = await add(store);
  const changed = await Promise.all([1, 2, 3].map((at) => store.changePassword(account, `${hash}${at}`, `s${at}`)));
  expect(changed.toSorted()).toEqual([false, false, true]);
  const winner = changed.indexOf(true) + 1;
  const now = { passwordHash: `${hash}${winner}`, passwordSetBy: `s${winner}`, passwordVersion: 2 };
  expect(await store.byId(account.id)).toMatchObject(now);
});

test('a new hash of the old password does not undo a change of the password', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const store = new AccountStore(database);
  const account = await add(store);
  await store.changePassword(account, `${hash}new`, 'session');
  await store.replaceHash(account, `${hash}again`);
  expect(await store.byId(account.id)).toMatchObject({ passwordHash: `${hash}new` });
});

test('an account is deleted once, however many ask, and its address is free again', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const store = new AccountStore(database);
  const account = await add(store, 'ada@example.com');
  const deleted = await Promise.all([1, 2, 3].map(() => store.delete(account.id)));
  expect(deleted.toSorted()).toEqual([false, false, true]);
  expect(await store.deletedAfter(0, 10)).toEqual([{ position: expect.any(Number), id: account.id }]);
  expect((await add(store, 'ada@example.com')).id).not.toBe(account.id);
});

test('the list of the deleted is given in pages from any position', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const store = new AccountStore(database);
  const ids: string[] = [];
  for (let count = 0; count < 5; count++) {
    const { id } = await add(store);
    await store.delete(id);
    ids.push(id);
  }
  const walked: string[] = [];
  for (let after = 0; ; ) {
    const page = await store.deletedAfter(after, 2);
    walked.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (!last) break;
    expect(last.position).toBeGreaterThan(after);
    after = last.position;
  }
  expect(walked).toEqual(ids);
  expect(await store.deletedAfter(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
});

test('whoever follows the list misses no deletion that takes long to commit', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  await database.migrated;
  const store = new AccountStore(database);
  const slow = await add(store);
  const fast = await add(store);
  // The slow one has its position and waits within its commit, for a lock that the test holds.
  await runSql(server.url, [
    `create function wait_for_test() returns trigger language plpgsql as $$
      begin if new.account_id = '${slow.id}' then perform pg_advisory_xact_lock(1); end if; return null; end $$`,
    `create constraint trigger wait_for_test after insert on deleted_accounts
      deferrable initially deferred for each row execute function wait_for_test()`,
  ]);
  const holder = new Client({ connectionString: server.url });
  await holder.connect();
  try {
    await holder.query('select pg_advisory_lock(1)');
    const waiting = async (count: number) => {
      const { rows } = await holder.query(
        `select count(*)::int as count from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`,
      );
      expect(rows).toEqual([{ count }]);
    };
    const slowly = store.delete(slow.id);
    await eventually(() => waiting(1));
    const quickly = store.delete(fast.id);
    await eventually(() => waiting(2));
    await sleep(50);
    // Were the fast one here already, a follower would go on after it and never see the slow one.
    expect(await store.deletedAfter(0, 10)).toEqual([]);
    await holder.query('select pg_advisory_unlock(1)');
    await Promise.all([slowly, quickly]);
  } finally {
    await holder.end();
  }
  expect((await store.deletedAfter(0, 10)).map(({ id }) => id)).toEqual([slow.id, fast.id]);
});
