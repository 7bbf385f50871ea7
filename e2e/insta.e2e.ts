import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import auth from '../src/apps/auth/contract.ts';
import media from '../src/apps/media/contract.ts';
import posts from '../src/apps/posts/contract.ts';
import users from '../src/apps/users/contract.ts';
import { backupStore, databaseRoles, inClusterStores } from '../src/charts/identity.ts';
import { kitPaths, metricsPort, type StoreKind } from '../src/model/index.ts';
import insta from '../src/systems/insta.ts';
import { seen, tour, type Visit } from '../test/insta/tour.ts';
import { ask } from './ingress.ts';
import { callerOfInsta, namespace, settledAfterProbes, without } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { eventually, kubectl } from './kubectl.ts';
import { settled } from './settled.ts';
import { reachedByStranger, reachedFrom, runStranger, type Target } from './stranger.ts';

const caller = callerOfInsta();
beforeAll(makeRoomForManyPeople);
afterAll(() => caller.close());

const stores = Object.entries(inClusterStores) as [StoreKind, (typeof inClusterStores)[StoreKind]][];
/** Everything of the system that listens. */
const targets: readonly Target[] = [
  ...insta.services.flatMap(({ name, contract }) => [
    { host: name, port: contract.port },
    { host: name, port: metricsPort },
  ]),
  ...stores.map(([, { name, port }]) => ({ host: name, port })),
  // No service reaches it.
  { host: backupStore.name, port: backupStore.port },
];
const shown = (reached: readonly Target[]) => reached.map(({ host, port }) => `${host}:${port}`).toSorted();

// At the same time: each waits for answers that no packet brings.
describe.concurrent('who reaches whom', () => {
  test.each(insta.services.map((service) => [service.name, service] as const))(
    '%s reaches the services that it calls, the stores that it uses, and nothing else',
    async (name, { calls, uses }) => {
      const others = targets.filter(({ host }) => host !== name);
      const allowed = [
        ...calls.map(({ contract }) => ({ host: contract.name, port: contract.port })),
        ...stores.flatMap(([kind, { name: host, port }]) => (uses[kind] ? [{ host, port }] : [])),
      ];
      expect(shown(await reachedFrom(namespace, `deployment/${name}`, others))).toEqual(shown(allowed));
    },
  );

  test('a pod of another namespace reaches none of them', async () => {
    await runStranger();
    const api = { host: 'kubernetes.default', port: 443 };
    const abroad = targets.map(({ host, port }) => ({ host: `${host}.${namespace}`, port }));
    // What it does reach shows that the others are closed to it, and not it to them.
    expect(shown(await reachedByStranger([api, ...abroad]))).toEqual(shown([api]));
  });

  test('each service enters its own database and no other', async () => {
    const names = insta.services.filter(({ uses }) => uses.database).map(({ name }) => name);
    const { name: host } = inClusterStores.database;
    const databases = [...names, 'postgres', 'template1'];
    const program = `
      for role in ${names.join(' ')}; do for database in ${databases.join(' ')}; do
        if said=$(PGPASSWORD=$(cat /run/secrets/trellis/$role/password) psql -h ${host} -U $role -d $database -qtAc 'SELECT current_user' 2>&1)
        then echo "$role enters $database as $said"
        else echo "$said" | grep -q 'permission denied for database' || echo "$role, $database: $said"
        fi
      done; done`;
    const said = await kubectl(['exec', '-n', namespace, `deployment/${databaseRoles}`, '--', 'sh', '-c', program]);
    expect(said.trim().split('\n')).toEqual(names.map((name) => `${name} enters ${name} as ${name}`));
  });
});

describe('through the Ingress', () => {
  test('two people make accounts, follow, post, look, like and comment', async () => {
    const visit = await eventually(
      60,
      () => tour(caller),
      () => true,
    );
    await seen(visit, caller);
  });

  const paths = [
    ...Object.values(kitPaths),
    '/anything',
    '/internal/deleted-accounts',
    '/internal/people?ids=0b0e6c3e-6f5a-4a53-a2a4-0f3b2a3d5a11',
    '/internal/people/0b0e6c3e-6f5a-4a53-a2a4-0f3b2a3d5a11/followed',
    '/internal/people/0b0e6c3e-6f5a-4a53-a2a4-0f3b2a3d5a11/parted?ids=0b0e6c3e-6f5a-4a53-a2a4-0f3b2a3d5a11',
    '/internal/files?ids=0b0e6c3e-6f5a-4a53-a2a4-0f3b2a3d5a11',
  ];
  test.each(paths)('%s is not to be reached', async (path) => {
    expect(await ask('insta.test', path)).toMatchObject({ status: 404 });
  });
});

describe('what people left behind', () => {
  test('lasts, and so do their sessions, when every pod of every service is deleted, and then every store', async () => {
    const visit = await tour(caller);
    const services = insta.services.map(({ name }) => name);
    for (const names of [services, stores.map(([, { name }]) => name)]) {
      await kubectl(['delete', 'pods', '-n', namespace, '-l', `app.kubernetes.io/name in (${names.join(',')})`]);
      await settled(namespace);
      await eventually(
        30,
        () => seen(visit, caller),
        () => true,
      );
      // A store that is new to a pod is one it has to find first.
      for (const person of [visit.ann, visit.ben])
        await eventually(
          30,
          () => person.refresh(),
          () => true,
        );
    }
    await settledAfterProbes();
  });

  test('is deleted with its account by every service', async () => {
    const visit = await tour(caller);
    await deleteAnn(visit);
    await eventually(
      60,
      () => gone(visit),
      () => true,
    );
  });

  test('is deleted with its account by services that were away meanwhile', async () => {
    const visit = await tour(caller);
    await without(['deployment/users', 'deployment/posts', 'deployment/media'], () => deleteAnn(visit));
    await eventually(
      60,
      () => gone(visit),
      () => true,
    );
  });

  async function deleteAnn({ ann }: Visit): Promise<void> {
    await ann.ask(auth.routes.deleteAccount, { body: { password: ann.password } });
  }

  /** Throws while there is anything left of ann, or nothing of ben. */
  async function gone({ ann, ben, post, file }: Visit): Promise<void> {
    const statuses = {
      refresh: await ann.refreshStatus(),
      logIn: (await caller(auth.routes.logIn, { body: { email: ann.email, password: ann.password } })).status,
      profile: (await ben.tryTo(users.routes.profile, { params: { handle: ann.handle } })).status,
      post: (await ben.tryTo(posts.routes.one, { params: { id: post } })).status,
      download: (await caller(media.routes.download, { params: { id: file } })).status,
      thumbnail: (await caller(media.routes.thumbnail, { params: { id: file }, query: {} })).status,
    };
    assert.deepEqual(statuses, { refresh: 401, logIn: 401, profile: 404, post: 404, download: 404, thumbnail: 404 });
    const { following } = await ben.ask(users.routes.me);
    const feed = await ben.ask(posts.routes.feed, { query: {} });
    assert.deepEqual({ following, feed: feed.items }, { following: 0, feed: [] });
  }
});
