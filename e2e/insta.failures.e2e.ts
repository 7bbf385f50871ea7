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
import { callerOfInsta, readiness, readinessNow, type Workload, without } from './insta-cluster.ts';
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

/** Nobody answers: the gateway says so, at once or, while a pod that is gone is still among the endpoints, after it has waited for it. */
const gone = '(502 dependency-failed, to be tried again|504 dependency-failed)';
const away = expect.stringMatching(new RegExp(`^${gone}$`));
const ofAuth = { 'log-in': away, account: away };
const ofMedia = { upload: away, picture: away, thumbnail: away };
const ofPosts = { feed: away, post: away, like: away, 'new post': away };
const ofUsers = { profile: away, follow: away };
/** Whether the pictures are there cannot be asked. */
const withoutMedia = { ...ofMedia, 'new post': '503 media-unavailable, to be tried again' };
/** What a pod of posts has asked about people it remembers; the other one may never have been asked. */
const remembered = (status: 200 | 201) =>
  expect.stringMatching(new RegExp(`^(${status}|503 people-unavailable, to be tried again)$`));
const withoutUsers = {
  ...ofUsers,
  ...{ feed: remembered(200), post: remembered(200), like: remembered(200), 'new post': remembered(201) },
};
/** Until everybody has heard that a service is not Ready it is asked, and says for itself what it lacks. */
const refused = <Requests extends object>(requests: Requests) =>
  Object.fromEntries(
    Object.keys(requests).map((what) => [
      what,
      expect.stringMatching(new RegExp(`^(${gone}|503 [a-z-]+, to be tried again)$`)),
    ]),
  ) as Requests;
const withoutObjects = {
  ...refused(ofMedia),
  'new post': expect.stringMatching(/^(201|503 media-unavailable, to be tried again)$/),
};

/** What is away, which services cannot be Ready without it, and what is answered otherwise than while all is well. */
const failures: readonly (readonly [Workload, { unready: readonly string[]; answers: Partial<Survey> }])[] = [
  ['deployment/media', { unready: [], answers: withoutMedia }],
  ['deployment/users', { unready: [], answers: withoutUsers }],
  ['deployment/posts', { unready: [], answers: ofPosts }],
  ['deployment/auth', { unready: [], answers: ofAuth }],
  ['statefulset/redis', { unready: ['auth'], answers: refused(ofAuth) }],
  ['statefulset/objects', { unready: ['media'], answers: withoutObjects }],
  [
    'statefulset/postgres',
    {
      unready: ['auth', 'users', 'posts', 'media'],
      answers: refused({ ...ofAuth, ...ofMedia, ...ofPosts, ...ofUsers }),
    },
  ],
];

test.each(failures)(
  'without %s the others answer what they can, and all is well again after it',
  async (workload, { unready, answers }) => {
    // Access tokens that last for the whole test: without auth there are no others.
    for (const person of [visit.ann, visit.ben, carl]) await person.logIn();
    const others = insta.services.filter(({ name }) => workload !== `deployment/${name}`);
    await without([workload], async () => {
      for (const name of unready) await readiness(name, false);
      const found = await survey();
      console.log(`without ${workload}: ${JSON.stringify(found)}`);
      expect(found).toEqual({ ...well, ...answers });
      // Whoever is Ready stays so: a service runs its checks whenever it is probed, so a kubelet would hear the same in the seconds to come.
      const states = await Promise.all(others.map(readinessNow));
      const stateOf = (ready: boolean) => ({ ready, answers: ready ? '200, 200' : '503, 503' });
      others.forEach(({ name }, at) => {
        const pods = Array.from({ length: 2 }, () => stateOf(!unready.includes(name)));
        expect([name, states[at]]).toEqual([name, pods]);
      });
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
    const { code = 'without a code' } = (body ?? {}) as { code?: string };
    const retryAfter = headers['retry-after'] === undefined ? '' : ', to be tried again';
    found[what] = status < 400 ? String(status) : `${status} ${code}${retryAfter}`;
  }
  return found as Survey;
}
