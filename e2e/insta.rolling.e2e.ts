import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import auth from '../src/apps/auth/contract.ts';
import media from '../src/apps/media/contract.ts';
import posts from '../src/apps/posts/contract.ts';
import users from '../src/apps/users/contract.ts';
import web from '../src/apps/web/contract.ts';
import { gatewayName } from '../src/charts/identity.ts';
import bird from '../src/systems/bird.ts';
import insta from '../src/systems/insta.ts';
import { BrowserPerson } from '../test/insta/browser-person.ts';
import { look } from '../test/insta/look.ts';
import { good, Person } from '../test/insta/person.ts';
import { tour } from '../test/insta/tour.ts';
import { namespace, podsOf } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { kubectl, podsIn, restartsOf } from './kubectl.ts';
import { settled } from './settled.ts';
import { steady } from './steady.ts';
import { watch } from './watch.ts';
import { host, waysToInsta } from './ways-to-insta.ts';

/** Bytes of a video, near the most that is taken. */
const size = 200_000_000;
/** How long one is sent, in seconds: shorter than the minute after which Traefik, as it comes, gives up on whoever sends. */
const sendingTime = 55;
/** What a file of this type begins with. */
const head = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
/** The feed, each second and each way. */
const rate = 25;
/**
 * What is restarted at the same time, one group after the other: a small node that starts all pods at once has no processor left for those that answer, and
 * shows time-outs, not losses. Those that the videos go through come first, and each alone: their pods of before stay until the videos are sent, and for those of both
 * at once, and the new ones, the node has no room.
 */
const groups = [[gatewayName], [media.name], [auth.name, users.name], [posts.name, web.name]];

let ways: Awaited<ReturnType<typeof waysToInsta>> = new Map();
beforeAll(async () => {
  await makeRoomForManyPeople();
  // Each pod of media may have a video, and stays until that is sent. Beside them and the gateway's a small node has room for the new ones where nothing else runs.
  await scaleBird(0);
  ways = await waysToInsta();
});
afterAll(async () => {
  await scaleBird(2);
  for (const { caller } of ways.values()) await caller.close();
});

test('a rolling restart of the gateway and of all services loses nothing: not of videos of 200 MB, not a POST, not of a page in use', async () => {
  expect(groups.flat().toSorted()).toEqual([gatewayName, ...insta.services.map(({ name }) => name)].toSorted());
  const podsOfAll = async () => (await Promise.all(groups.flat().map(podsOf))).flat();
  const before = await podsOfAll();
  const bad: string[] = [];
  const counts = { requests: 0, rounds: 0, looks: 0, tours: 0 };
  const startedAt = Date.now();
  const secondsSince = () => (Date.now() - startedAt) / 1_000;
  let isOver = false;
  /** Hears what is answered. @param worst the first status that is a mistake */
  const hear = (name: string, worst: number) => (what: string, status: number | string) => {
    counts.requests++;
    if (typeof status !== 'number' || status >= worst)
      bad.push(`${secondsSince().toFixed(1)} s, by ${name}, ${what}: ${status}`);
  };
  /** Does it again and again until all is over, at most once in so many milliseconds. */
  const goOn = async (what: 'rounds' | 'looks' | 'tours', name: string, each: number, act: () => Promise<unknown>) => {
    while (!isOver) {
      const pause = sleep(each);
      await act().then(
        () => counts[what]++,
        (error: Error) => bad.push(`${secondsSince().toFixed(1)} s, one of the ${what} by ${name}: ${error.message}`),
      );
      await pause;
    }
  };

  const using = [...ways].map(async ([name, { caller }]) => {
    const { ann, ben } = await tour(caller);
    const at = watch(caller, hear(name, 400));
    const [reader, writer] = [ben.at(at), ann.at(at)];
    await goOn('rounds', name, 500, () => use(reader, writer));
  });
  const looking = [...ways].map(async ([name, { caller }]) => {
    const person = await new BrowserPerson(caller, `looks.${randomBytes(4).toString('hex')}`).arrive();
    const file = await person.upload();
    const visitor = person.at(watch(caller, hear(name, 400)));
    await goOn('looks', name, 500, () => look(visitor, file));
  });
  // Part of a tour is to be refused. Each hashes passwords and scales pictures, for which pods that start wait: too late for the videos.
  const touring = [...ways].map(([name, { caller }]) =>
    goOn('tours', name, 4_000, () => tour(watch(caller, hear(name, 500)))),
  );
  const loading = [...ways].map(async ([name, { url, caller }]) => {
    const person = await new Person(caller, `reads.${randomBytes(4).toString('hex')}`).arrive();
    const headers = { host, authorization: `Bearer ${await person.token()}` };
    return { name, ...(await steady({ url: `${url}${posts.routes.feed.path}`, headers, rate, isOver: () => isOver })) };
  });
  const sending = [...ways].map(async ([name, { caller }]) => {
    const person = await new Person(caller, `film.${randomBytes(4).toString('hex')}`).arrive();
    const film = filmOf(sendingTime);
    const options = { token: await person.token(), file: film.bytes, fileType: 'video/mp4' };
    const answer = await caller(media.routes.upload, undefined, {
      ...options,
      headers: { 'content-length': String(size) },
    });
    const endedAt = secondsSince();
    const item = good(answer, `the upload by ${name}`);
    return { name, caller, person, item, digest: film.digest(), endedAt };
  });

  await sleep(5_000);
  const restartedAt: number[] = [];
  for (const group of groups) {
    await kubectl(['rollout', 'restart', '-n', namespace, ...group.map((name) => `deployment/${name}`)]);
    await settled(namespace);
    restartedAt.push(secondsSince());
  }
  const sent = await Promise.all(sending);
  // All goes on for a moment with the new pods alone.
  await sleep(3_000);
  isOver = true;
  await Promise.all([...using, ...looking, ...touring]);
  const loads = await Promise.all(loading);
  console.log(
    `groups of deployments were replaced after ${restartedAt.map((at) => at.toFixed(1)).join(', ')} s; ${JSON.stringify(counts)}; uploads of ${size / 1e6} MB ended after ${sent.map(({ name, endedAt }) => `${endedAt.toFixed(1)} s by ${name}`).join(' and ')}; the feed ${rate} times a second: ${JSON.stringify(loads)}`,
  );
  expect(bad).toEqual([]);
  for (const { answered, seconds, ...losses } of loads) {
    expect(losses).toMatchObject({ lost: 0, failed: 0 });
    // The rate was held until after the last restart: else nothing was shown.
    expect(answered).toBeGreaterThan(0.95 * rate * seconds);
    expect(seconds).toBeGreaterThan((restartedAt.at(-1) ?? Number.POSITIVE_INFINITY) - 5);
  }
  // By each of two ways in, every other second at least, and a tour every three.
  const length = restartedAt.at(-1) ?? 0;
  expect(counts.rounds).toBeGreaterThan(length / 2);
  expect(counts.looks).toBeGreaterThan(length / 2);
  expect(counts.tours).toBeGreaterThan(length / 3);
  // What videos go through was replaced while they were sent.
  for (const { endedAt } of sent) expect(endedAt).toBeGreaterThan(restartedAt[1] ?? Number.POSITIVE_INFINITY);

  for (const { caller, person, item, digest } of sent) {
    expect(item).toMatchObject({ type: 'video/mp4', bytes: size });
    const post = await person.post('It moves', [item.id]);
    expect(post.media).toEqual([{ id: item.id, type: 'video/mp4' }]);
    const back = good(await caller(media.routes.download, { params: { id: item.id } }), 'the video');
    const content = back as unknown as Buffer;
    expect(content.length).toBe(size);
    expect(createHash('sha256').update(content).digest('hex')).toBe(digest);
  }
  const old = new Set(before.map(({ metadata }) => metadata.uid));
  const stayed = (await podsOfAll()).filter(({ metadata }) => old.has(metadata.uid));
  expect(stayed.map(({ metadata }) => metadata.name)).toEqual([]);
  expect(Math.max(...Object.values(restartsOf(await podsIn(namespace))))).toBe(0);
}, 600_000);

/** What a page does while somebody looks at it: the feed, a picture, a like, a comment, now and then a post. */
async function use(reader: Person, writer: Person): Promise<void> {
  const post = await writer.post('Good morning');
  const { items } = await reader.ask(posts.routes.feed, { query: {} });
  expect(items[0]?.id).toBe(post.id);
  const params = { id: post.id };
  await reader.ask(posts.routes.like, { params });
  await reader.ask(posts.routes.comment, { params, body: { text: 'And to you' } });
  expect(await reader.ask(posts.routes.one, { params })).toMatchObject({ likes: 1, comments: 1, likedByMe: true });
}

/** A video that comes as slowly as from a phone. @param seconds that it takes */
function filmOf(seconds: number): { readonly bytes: Readable; readonly digest: () => string } {
  const hash = createHash('sha256');
  const part = 500_000;
  async function* parts() {
    const startedAt = Date.now();
    for (let at = 0; at < size; at += part) {
      const chunk = randomBytes(Math.min(part, size - at));
      if (at === 0) head.copy(chunk);
      hash.update(chunk);
      yield chunk;
      await sleep(Math.max(0, startedAt + (at / size) * seconds * 1_000 - Date.now()));
    }
  }
  return { bytes: Readable.from(parts(), { objectMode: false }), digest: () => hash.digest('hex') };
}

/** The pods of each service of bird. An autoscaler leaves alone what has none. */
async function scaleBird(pods: number): Promise<void> {
  const deployments = bird.services.map(({ name }) => `deployment/${name}`);
  await kubectl(['scale', ...deployments, '-n', bird.name, `--replicas=${pods}`]);
}
