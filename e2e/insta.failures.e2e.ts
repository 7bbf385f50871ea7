import { afterAll, beforeAll, expect, test } from 'vitest';
import auth from '../src/apps/auth/contract.ts';
import media from '../src/apps/media/contract.ts';
import posts from '../src/apps/posts/contract.ts';
import users from '../src/apps/users/contract.ts';
import insta from '../src/systems/insta.ts';
import type { Answer } from '../test/insta/caller.ts';
import { Person, picture } from '../test/insta/person.ts';
import { seen, tour, type Visit } from '../test/insta/tour.ts';
import { callerOfInsta, readiness, type Workload, without } from './insta-cluster.ts';
import { eventually } from './kubectl.ts';

const caller = callerOfInsta();
afterAll(() => caller.close());

let visit: Visit;
let carl: Person;
let content: Buffer;

beforeAll(async () => {
  visit = await tour(caller);
  carl = new Person(caller, `carl.${visit.ann.handle}`);
  await carl.arrive();
  content = await picture();
});

/** What is away, which services cannot be Ready without it, and what is no longer answered as ever. */
const failures: readonly (readonly [Workload, { unready: readonly string[]; answers: Record<string, string> }])[] = [
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
    await without([workload], async () => {
      for (const { name } of insta.services.filter((service) => workload !== `deployment/${service.name}`))
        await readiness(name, !unready.includes(name));
      const found = await survey();
      console.log(`without ${workload}: ${JSON.stringify(found)}`);
      expect(found).toMatchObject(answers);
    });
    await eventually(
      60,
      () => seen(visit, caller),
      () => true,
    );
    await tour(caller);
  },
);

/** What is answered to one request of each kind. */
async function survey(): Promise<Record<string, string>> {
  const { ann, ben, post, file } = visit;
  const account = { email: carl.email, password: carl.password };
  const requests: Record<string, () => Promise<Answer<unknown>>> = {
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
  const found: Record<string, string> = {};
  for (const [what, send] of Object.entries(requests)) {
    const { status, body, headers } = await send();
    const { code } = (body ?? {}) as { code?: string };
    const retryAfter = headers['retry-after'] === undefined ? '' : ', to be tried again';
    found[what] = `${status}${code ? ` ${code}` : ''}${retryAfter}`;
  }
  return found;
}
