import { expect, test, vi } from 'vitest';
import auth from '../../src/apps/auth/app.ts';
import { contentsOf, migrated, openBackupPlace, structureOf } from '../../src/apps/kit/testing/backup-place.ts';
import { folderPlace } from '../../src/apps/kit/testing/object-store-places.ts';
import { runSql, testDatabase } from '../../src/apps/kit/testing/test-postgres.ts';
import media from '../../src/apps/media/app.ts';
import posts from '../../src/apps/posts/app.ts';
import users from '../../src/apps/users/app.ts';
import insta from '../../src/systems/insta.ts';

// The first one waits for Postgres to start, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const [ann, ben, file] = [1, 2, 3].map((digit) => `'00000000-0000-4000-8000-00000000000${digit}'`);

/** Some rows in every table, by service. */
const rows: Readonly<Record<string, readonly string[]>> = {
  auth: [
    `insert into accounts (id, email, password_hash) values (${ann}, 'ann@example.com', '$argon2id$x'), (${ben}, 'bjørn@example.com', '$argon2id$y')`,
    `insert into deleted_accounts (account_id) values (${file})`,
    `insert into signing_keys values ('k1', '{"kty":"OKP"}', decode('00ff0a5c', 'hex'), now(), now() + interval '1 day')`,
  ],
  users: [
    `insert into profiles (account_id, handle, name, bio) values (${ann}, 'ann', 'Ann', E'two\\nlines \\\\ 🐦'), (${ben}, 'ben', 'Ben', '')`,
    `insert into follows (follower_id, followed_id) values (${ben}, ${ann})`,
    `insert into blocks (blocker_id, blocked_id) values (${ann}, ${ben})`,
  ],
  posts: [
    `begin; insert into posts (author_id, caption, likes, comments) values (${ann}, 'Good morning', 1, 1);
     insert into post_media select id, 1, ${file}, 'image/jpeg' from posts; commit`,
    `insert into likes select id, ${ben} from posts`,
    `insert into comments (post_id, author_id, text) select id, ${ben}, 'And to you' from posts`,
    `insert into deleted_accounts (account_id) values (${file})`,
  ],
  media: [
    `insert into files (id, owner, state, type) values (${file}, ${ann}, 'uploading', 'video/mp4')`,
    `insert into deleted_accounts (id) values (${ben})`,
  ],
};

const apps = [auth, users, posts, media];

test('every service with a database is here', () => {
  const names = insta.services.filter(({ uses }) => uses.database).map(({ name }) => name);
  expect(apps.map(({ service }): string => service.name)).toEqual(names);
});

test.each(apps.map((app) => [app.service.name, app.migrations] as const))(
  '%s: a row of every table, and all that its migrations make, come back',
  async (service, migrations) => {
    await using folder = await folderPlace();
    await using place = await openBackupPlace(folder);
    await using database = await testDatabase();
    await migrated(database.url, migrations, service);
    await runSql(database.url, [...(rows[service] ?? []), "insert into trellis_cursors values ('accounts', 7)"]);
    const [contents, structure] = [await contentsOf(database.url), await structureOf(database.url)];
    expect(Object.entries(contents).filter(([, found]) => found.length === 0)).toEqual([]);
    const { key } = await place.backup(database.url, migrations, { service });
    await using empty = await testDatabase();
    for (const url of [database.url, empty.url]) {
      await place.restore(url, migrations, key, { service });
      expect(await contentsOf(url)).toEqual(contents);
      expect(await structureOf(url)).toEqual(structure);
    }
  },
);
