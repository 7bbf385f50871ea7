import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import auth from '../src/apps/auth/contract.ts';
import posts from '../src/apps/posts/contract.ts';
import { backupName } from '../src/charts/identity.ts';
import insta from '../src/systems/insta.ts';
import type { Person } from '../test/insta/person.ts';
import { seen, tour, type Visit } from '../test/insta/tour.ts';
import { callerOfInsta, namespace } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { eventually, getJson, kubectl, podsIn, restartsOf } from './kubectl.ts';
import { settled } from './settled.ts';

const caller = callerOfInsta();
beforeAll(makeRoomForManyPeople);
afterAll(() => caller.close());

const databases = insta.services.filter(({ uses }) => uses.database).map(({ name }) => name);
const deployments = databases.map((name) => `app.kubernetes.io/name=${name}`);

/** Runs a command of the repository. @returns what it printed @throws Error with that where it fails */
async function run(...args: string[]): Promise<string> {
  const { stdout } = await execa('npm', ['run', '--silent', ...args], { all: true });
  return stdout;
}

/** Restores all databases, as somebody would who follows the runbook, at the same time. */
async function restoreAll(...options: string[]): Promise<void> {
  const said = databases.map((database) => run('restore', '--', namespace, database, '--yes', ...options));
  for (const each of await Promise.all(said)) expect(each).toContain('restored');
}

const logInStatus = async ({ email, password }: Person) =>
  (await caller(auth.routes.logIn, { body: { email, password } })).status;

/** Whatever somebody left behind is there, and they can log in again. */
async function isBack(visit: Visit): Promise<void> {
  for (const person of [visit.ann, visit.ben]) await person.logIn();
  await seen(visit, caller);
  const found = await visit.ben.ask(posts.routes.one, { params: { id: visit.post } });
  expect(found.likedByMe).toBe(true);
}

async function servicePods() {
  return (await Promise.all(deployments.map((label) => podsIn(namespace, label)))).flat();
}

test('backup, delete the volume of the databases, restore: every post and account is back', {
  timeout: 420_000,
}, async () => {
  const early = await tour(caller);
  await run('backup', '--', namespace);
  const between = new Date().toISOString();
  const late = await tour(caller);
  expect((await run('backup', '--', namespace)).match(/^\w+: backed up/gm)?.toSorted()).toEqual(
    databases.map((name) => `${name}: backed up`).toSorted(),
  );
  // A backup by hand counts: the alerts know of it.
  for (const name of databases) {
    const { status } = await getJson<{ status: { lastSuccessfulTime?: string } }>([
      ...['cronjob', backupName(name), '-n', namespace],
    ]);
    expect(status.lastSuccessfulTime, name).toBeDefined();
  }
  const listed = await run('restore', '--', namespace, 'posts', '--list');
  expect(listed).toMatch(/^2 backups of insta\/posts$/m);

  // The pod and its volume are gone for good.
  await kubectl(['scale', 'statefulset/postgres', '-n', namespace, '--replicas=0']);
  await kubectl(['wait', '--for=delete', 'pod/postgres-0', '-n', namespace, '--timeout=120s']);
  await kubectl(['delete', 'pvc/data-postgres-0', '-n', namespace, '--wait', '--timeout=60s']);
  await kubectl(['scale', 'statefulset/postgres', '-n', namespace, '--replicas=1']);
  await settled(namespace);
  expect(await logInStatus(early.ann)).toBeGreaterThanOrEqual(400);
  const before = await servicePods();

  await restoreAll();
  await eventually(
    30,
    () => logInStatus(early.ann),
    (status) => status === 201,
  );
  await isBack(early);
  await isBack(late);
  // It goes on: what comes now is newer than all before.
  const next = await tour(caller);
  expect(Number(next.post)).toBeGreaterThan(Number(late.post));
  // The services took the new tables as they were running.
  const after = await servicePods();
  expect(after.map(({ metadata }) => metadata.uid).toSorted()).toEqual(
    before.map(({ metadata }) => metadata.uid).toSorted(),
  );
  expect(restartsOf(after)).toEqual(restartsOf(before));

  await restoreAll('--at', between);
  await isBack(early);
  expect(await logInStatus(late.ann)).toBe(401);
  const ofLate = await caller(posts.routes.one, { params: { id: late.post } }, { token: await early.ann.token() });
  expect(ofLate.status).toBe(404);
});
