import { expect, test, vi } from 'vitest';
import { openBackupPlace } from '../kit/testing/backup-place.ts';
import { makeFilePlace } from '../kit/testing/key-value-places.ts';
import { folderPlace } from '../kit/testing/object-store-places.ts';
import { runSql, testDatabase } from '../kit/testing/test-postgres.ts';
import app from './app.ts';
import { buildAuth } from './testing/built-auth.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a database that is new after a loss writes keys of its own, and pushes out no backup of before until one is restored', async () => {
  await using objects = await folderPlace();
  await using place = await openBackupPlace(objects);
  await using sessions = await makeFilePlace();
  const options = { service: 'auth', keep: 2 };
  const backup = async ({ url }: { url: string }) => (await place.backup(url, app.migrations, options)).key;
  const kept = async () => (await Array.fromAsync(place.store.list(''))).map(({ key }) => key).toSorted();

  const warned = () =>
    place.lines.of('the database is new, as after a loss, so the backups of before are kept until one is restored');

  await using lost = await testDatabase();
  await using before = await buildAuth({ databaseUrl: lost.url, redisUrl: sessions.url });
  const ada = await before.newcomer();
  const real = [await backup(lost), await backup(lost)];

  await using database = await testDatabase();
  await using auth = await buildAuth({ databaseUrl: database.url, redisUrl: sessions.url });
  // As a service without any account does it.
  expect((await auth.call('GET /.well-known/jwks.json')).body.keys).not.toEqual([]);
  const [found] = await runSql<{ count: number }>(database.url, ['select count(*)::int from signing_keys']);
  expect(found?.count).toBeGreaterThan(0);
  const empty: string[] = [];
  for (let day = 0; day < 4; day++) empty.push(await backup(database));
  expect(await kept()).toEqual([...real, ...empty.slice(-2)]);
  expect(warned()).toHaveLength(4);

  await place.restore(database.url, app.migrations, real[1] ?? '', options);
  expect((await auth.logIn(ada)).accountId).toBe(ada.accountId);
  const first = await backup(database);
  // Too few yet: the one that was restored may turn out to be the wrong one.
  expect(await kept()).toEqual([...real, ...empty.slice(-2), first]);
  const second = await backup(database);
  expect(await kept()).toEqual([first, second]);
  expect(warned()).toHaveLength(4);
});
