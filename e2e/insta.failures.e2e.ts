import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import auth from '../src/apps/auth/contract.ts';
import media from '../src/apps/media/contract.ts';
import posts from '../src/apps/posts/contract.ts';
import users from '../src/apps/users/contract.ts';
import insta from '../src/systems/insta.ts';
import type { Answer } from '../test/insta/caller.ts';
import { Person, picture } from '../test/insta/person.ts';
import { seen, tour, type Visit } from '../test/insta/tour.ts';
import { callerOfInsta, isReadyNow, readiness, type Workload, without } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { eventually } from './kubectl.ts';

const caller = callerOfInsta();
afterAll(() => caller.close());

type Request =
  | 'feed'
  | 'post'
  | 'like'
  | 'new post'
  | 'profile'
  | 'follow'
  | 'upload'
  | 'picture'
  | 'thumbnail'
  | 'log-in'
  | 'account';
/** What is answered to one request of each kind. */
type Survey = Record<Request, string>;
/** How long a readiness probe may take to change its mind, in milliseconds: twice its period, and some. */
const probesFail = 15_000;

let visit: Visit;
let carl: Person;
let content: Buffer;
/** What is answered while all is well. */
let well: Survey;

beforeAll(async () => {
  await makeRoomForManyPeople();
  visit = await tour(caller);
  carl = new Person(caller, `carl.${visit.ann.handle}`);
  await carl.arrive();
  content = await picture();
  well = await survey();
  expect(Object.values(well).filter((answer) => !/^20\d$/.test(answer))).toEqual([]);
});

/** What is away, which services cannot be Ready without it, and what is answered otherwise than while all is well. */
const failures: readonly (readonly [Workload, { unready: readonly string[]; answers: Partial<Survey> }])[] = [
  ['deployment/media', { unready: [], answers: {} }],
  ['deployment/users', { unready: [], answers: {} }],
  ['deployment/posts', { unready: [], answers: {} }],
  ['deployment/auth', { unready: [], answers: {} }],
  ['statefulset/redis', { unready: ['auth'], answers: {} }],
  ['statefulset/objects', { unready: ['media'], answers: {} }],
  ['statefulset/postgres', { unready: ['auth', 'users', 'posts', 'media'], answers: {} }],
];

test.each(failures)(
  'without %s the others answer what they can, and all is well again after it',
  async (workload, { unready, answers }) => {
    // Access tokens that last for the whole test: without auth there are no others.
    for (const person of [visit.ann, visit.ben, carl]) await person.logIn();
    const names = insta.services.map(({ name }) => name).filter((name) => workload !== `deployment/${name}`);
    await without([workload], async () => {
      const away = Date.now();
      for (const name of unready) await readiness(name, false);
      const found = await survey();
      console.log(`without ${workload}: ${JSON.stringify(found)}`);
      expect(found).toEqual({ ...well, ...answers });
      // Whoever is Ready by now stays so.
      await sleep(away + probesFail - Date.now());
      for (const name of names) expect([name, await isReadyNow(name)]).toEqual([name, !unready.includes(name)]);
    });
    await eventually(60, survey, (found) => isDeepStrictEqual(found, well));
    await seen(visit, caller);
  },
);

/** What is answered to one request of each kind. */
async function survey(): Promise<Survey> {
  const { ann, ben, post, file } = visit;
  const account = { email: carl.email, password: carl.password };
  const requests: Record<Request, () => Promise<Answer<unknown>>> = {
    feed: () => ben.tryTo(posts.routes.feed, { query: {} }),
    post: () => ben.tryTo(posts.routes.one, { params: { id: post } }),
    like: () => ben.tryTo(posts.routes.like, { params: { id: post } }),
    'new post': () => ann.tryTo(posts.routes.create, { body: { caption: 'Now', media: [file] } }),
    profile: () => ben.tryTo(users.routes.profile, { params: { handle: ann.handle } }),
    follow: () => ben.tryTo(users.routes.follow, { params: { handle: ann.handle } }),
    upload: async () =>
      caller(media.routes.upload, undefined, { file: content, fileType: 'image/jpeg', token: await carl.token() }),
    picture: () => caller(media.routes.download, { params: { id: file } }),
    thumbnail: () => caller(media.routes.thumbnail, { params: { id: file }, query: {} }),
    'log-in': () => caller(auth.routes.logIn, { body: account }),
    account: () => carl.tryTo(auth.routes.account),
  };
  const found: Partial<Survey> = {};
  for (const [what, send] of Object.entries(requests) as [Request, () => Promise<Answer<unknown>>][]) {
    const { status, body, headers } = await send();
    const { code } = (body ?? {}) as { code?: string };
    const retryAfter = headers['retry-after'] === undefined ? '' : ', to be tried again';
    found[what] = `${status}${code ? ` ${code}` : ''}${retryAfter}`;
  }
  return found as Survey;
}
