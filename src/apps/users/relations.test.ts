import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cursorOf } from './cursor.ts';
import { type Users, type UsersWorld, usersWorld } from './testing/build-users.ts';

let world: UsersWorld;
let users: Users;
let twin: Users;
beforeAll(async () => {
  world = await usersWorld();
  [users, twin] = await Promise.all([world.start({ MOST_FOLLOWED: '30' }), world.start({ MOST_FOLLOWED: '30' })]);
});
afterAll(() => world[Symbol.asyncDispose]());

const problem = (status: number, code: string) => ({ status, body: { status, code } });
const notFound = problem(404, 'person-not-found');
const people = (count: number) => Promise.all(Array.from({ length: count }, () => users.person()));
const pair = async () => {
  const [ann, bob] = [await users.person(), await users.person()];
  return { ann, bob };
};
const followed = (handle: string) => `PUT /users/${handle}/follow`;
const unfollowed = (handle: string) => `DELETE /users/${handle}/follow`;
const blocked = (handle: string) => `PUT /users/${handle}/block`;
const unblocked = (handle: string) => `DELETE /users/${handle}/block`;
/** One of the two instances, in turn. */
const either = (at: number) => (at % 2 ? users : twin);

/** Asks one of the two until it takes the request: of hundreds at once a busy machine puts some off, and says so. */
async function asked(at: number, ...request: Parameters<Users['ask']>): ReturnType<Users['ask']> {
  const answer = await either(at).ask(...request);
  if (answer.status !== 503) return answer;
  await sleep(100);
  return asked(at, ...request);
}

describe('following', () => {
  test('twice is the same as once, and so is not following', async () => {
    const { ann, bob } = await pair();
    for (const app of [users, twin]) {
      const answer = await app.ask(ann.id, followed(bob.handle));
      expect(answer).toMatchObject({ status: 200, body: { id: bob.id, followers: 1, followedByMe: true } });
    }
    expect((await users.ask(bob.id, `GET /users/${ann.handle}`)).body).toMatchObject({ following: 1, followsMe: true });
    for (const app of [users, twin]) {
      const answer = await app.ask(ann.id, unfollowed(bob.handle));
      expect(answer).toMatchObject({ status: 200, body: { id: bob.id, followers: 0, followedByMe: false } });
    }
    expect((await users.ask(ann.id, 'GET /users/me')).body).toMatchObject({ followers: 0, following: 0 });
    // Of the two that each asked for, the first alone was a change.
    expect(await users.counted('users_follows_total')).toBe(2);
    expect(await twin.counted('users_follows_total')).toBe(0);
  });

  test('is refused for oneself, for nobody, and without a profile', async () => {
    const { ann, bob } = await pair();
    expect(await users.ask(ann.id, followed(ann.handle))).toMatchObject(problem(422, 'cannot-follow-yourself'));
    expect(await users.ask(ann.id, followed('nobody.at.all'))).toMatchObject(notFound);
    expect(await users.ask(ann.id, unfollowed('nobody.at.all'))).toMatchObject(notFound);
    expect(await users.ask(ann.id, followed('me'))).toMatchObject(problem(400, 'invalid-request'));
    const nobody = randomUUID();
    expect(await users.ask(nobody, followed(bob.handle))).toMatchObject(problem(409, 'profile-missing'));
    expect((await users.ask(nobody, unfollowed(bob.handle))).status).toBe(200);
    expect((await users.ask(ann.id, `GET /users/${bob.handle}`)).body.followers).toBe(0);
  });

  test('keeps every count exactly right, whoever follows whom at the same moment', async () => {
    const crowd = await people(12);
    const pairs = crowd.flatMap((one) => crowd.filter((other) => other !== one).map((other) => ({ one, other })));
    const answers = await Promise.all(
      [...pairs, ...pairs].map(({ one, other }, at) => asked(at, one.id, followed(other.handle))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { id } of crowd) {
      expect((await users.ask(id, 'GET /users/me')).body).toMatchObject({ followers: 11, following: 11 });
    }
    // Now some follow and some do not, each several times over.
    const mixed = await Promise.all(
      [...pairs, ...pairs, ...pairs].map(({ one, other }, at) =>
        asked(at, one.id, at % 3 === 0 ? followed(other.handle) : unfollowed(other.handle)),
      ),
    );
    expect(new Set(mixed.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await world.contradictions()).toEqual([]);
  }, 30_000);

  test('stops at the most that one may follow, exactly, even in a race', async () => {
    const [ann, ...others] = await people(41);
    if (!ann) throw new Error('nobody is there');
    const answers = await Promise.all(others.map(({ handle }, at) => either(at).ask(ann.id, followed(handle))));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(10);
    for (const answer of refused) expect(answer).toMatchObject(problem(409, 'too-many-followed'));
    expect((await users.ask(ann.id, 'GET /users/me')).body.following).toBe(30);

    const [known, unknown] = [200, 409].map((status) => others[answers.findIndex((each) => each.status === status)]);
    // At the limit, a repeated follow is no new one; also where two arrive together.
    expect((await users.ask(ann.id, followed(known?.handle ?? ''))).status).toBe(200);
    await users.ask(ann.id, unfollowed(known?.handle ?? ''));
    const both = await Promise.all([users, twin].map((app) => app.ask(ann.id, followed(unknown?.handle ?? ''))));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await world.contradictions()).toEqual([]);
  }, 30_000);
});

describe('a block', () => {
  test('ends the follows of both, hides each from the other, and can be taken back', async () => {
    const { ann, bob } = await pair();
    await users.ask(ann.id, followed(bob.handle));
    await users.ask(bob.id, followed(ann.handle));
    for (const app of [users, twin]) {
      const answer = await app.ask(ann.id, blocked(bob.handle));
      expect([answer.status, answer.body]).toEqual([204, undefined]);
    }
    expect((await users.ask(ann.id, 'GET /users/me')).body).toMatchObject({ followers: 0, following: 0 });
    expect((await users.ask(bob.id, 'GET /users/me')).body).toMatchObject({ followers: 0, following: 0 });

    // Who blocked sees whom, to take it back; who is blocked sees nobody.
    expect((await users.ask(ann.id, `GET /users/${bob.handle}`)).body).toMatchObject({ blockedByMe: true });
    for (const request of ['followers', 'following'].map((list) => `GET /users/${bob.handle}/${list}`)) {
      expect(await users.ask(ann.id, request)).toMatchObject(notFound);
    }
    expect(await users.ask(ann.id, followed(bob.handle))).toMatchObject(notFound);
    const all = ['', '/followers', '/following'].map((path) => `GET /users/${ann.handle}${path}`);
    for (const request of [...all, ...[followed, unfollowed, blocked, unblocked].map((to) => to(ann.handle))]) {
      expect(await users.ask(bob.id, request)).toMatchObject(notFound);
    }
    expect((await users.ask(ann.id, 'GET /users/me/blocks')).body).toMatchObject({
      items: [{ id: bob.id }],
      next: null,
    });
    expect((await users.ask(bob.id, 'GET /users/me/blocks')).body.items).toEqual([]);

    for (const app of [users, twin]) expect((await app.ask(ann.id, unblocked(bob.handle))).status).toBe(204);
    expect((await users.ask(bob.id, followed(ann.handle))).status).toBe(200);
  });

  test('is refused for oneself, for nobody, and without a profile', async () => {
    const { ann, bob } = await pair();
    expect(await users.ask(ann.id, blocked(ann.handle))).toMatchObject(problem(422, 'cannot-block-yourself'));
    expect(await users.ask(ann.id, blocked('nobody.at.all'))).toMatchObject(notFound);
    expect(await users.ask(ann.id, unblocked('nobody.at.all'))).toMatchObject(notFound);
    expect(await users.ask(randomUUID(), blocked(bob.handle))).toMatchObject(problem(409, 'profile-missing'));
    expect((await users.ask(randomUUID(), unblocked(bob.handle))).status).toBe(204);
    expect((await users.ask(ann.id, unblocked(bob.handle))).status).toBe(204);
  });

  test('of one person leaves the block of another', async () => {
    const { ann, bob } = await pair();
    await users.ask(ann.id, blocked(bob.handle));
    await users.ask(bob.id, unblocked(ann.handle));
    expect((await users.ask(ann.id, `GET /users/${bob.handle}`)).body.blockedByMe).toBe(true);
  });

  test('leaves no follow beside it, however close the two come', async () => {
    for (let round = 0; round < 40; round++) {
      const { ann, bob } = await pair();
      if (round % 2) await users.ask(bob.id, followed(ann.handle));
      const answers = await Promise.all([
        either(round).ask(bob.id, followed(ann.handle)),
        either(round + 1).ask(ann.id, followed(bob.handle)),
        either(round >> 1).ask(ann.id, blocked(bob.handle)),
        either(round).ask(bob.id, unfollowed(ann.handle)),
      ]);
      expect(answers[2]?.status).toBe(204);
      for (const { status } of answers) expect([200, 204, 404]).toContain(status);
    }
    expect(await world.contradictions()).toEqual([]);
  }, 30_000);

  test('by both at the same moment is the block of one of them', async () => {
    for (let round = 0; round < 20; round++) {
      const { ann, bob } = await pair();
      const answers = await Promise.all([
        users.ask(ann.id, blocked(bob.handle)),
        twin.ask(bob.id, blocked(ann.handle)),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    }
  }, 30_000);
});

describe('followers and following', () => {
  test('come newest first, page by page, without those whom a block parts from whoever asks', async () => {
    const [ann, ...crowd] = await people(8);
    if (!ann) throw new Error('nobody is there');
    for (const { id } of crowd) await users.ask(id, followed(ann.handle));
    for (const { handle } of crowd) await users.ask(ann.id, followed(handle));
    const newest = crowd.map(({ id }) => id).reverse();
    const reader = await users.person();
    for (const limit of [1, 3, 7, 100]) {
      expect(await users.walk(reader.id, `/users/${ann.handle}/followers`, limit)).toEqual(newest);
      expect(await users.walk(reader.id, `/users/${ann.handle}/following`, limit)).toEqual(newest);
    }
    await users.ask(reader.id, blocked(crowd[0]?.handle ?? ''));
    await users.ask(crowd[3]?.id ?? '', blocked(reader.handle));
    const left = newest.filter((id) => id !== crowd[0]?.id && id !== crowd[3]?.id);
    expect(await users.walk(reader.id, `/users/${ann.handle}/followers`, 2)).toEqual(left);
    expect(await users.walk(reader.id, `/users/${ann.handle}/following`, 2)).toEqual(left);
    expect((await users.ask(reader.id, `GET /users/${ann.handle}/followers?limit=1`)).body.items).toEqual([
      { id: newest[0], handle: expect.any(String), name: expect.any(String), avatar: null },
    ]);
  });

  test('have no hole and nobody twice while others arrive and leave', async () => {
    const ann = await users.person();
    const [stay, leave, arrive] = [await people(24), await people(12), await people(12)];
    // Those who leave stand between those who stay.
    for (const [at, one] of stay.entries()) {
      await users.ask(one.id, followed(ann.handle));
      const other = leave[at];
      if (other) await users.ask(other.id, followed(ann.handle));
    }
    const reader = await users.person();
    const found = await users.walk(reader.id, `/users/${ann.handle}/followers`, 5, async (page) => {
      const [old, young] = [leave.at(-page), arrive[page]];
      await Promise.all([
        old && twin.ask(old.id, unfollowed(ann.handle)),
        young && users.ask(young.id, followed(ann.handle)),
        // Who comes back stands at the top, and not a second time further down.
        stay[23] &&
          twin.ask(stay[23].id, unfollowed(ann.handle)).then(() => users.ask(stay[23]?.id ?? '', followed(ann.handle))),
      ]);
    });
    expect(new Set(found).size).toBe(found.length);
    expect(found.filter((id) => stay.some((one) => one.id === id))).toEqual(stay.map(({ id }) => id).reverse());
    expect(arrive.some(({ id }) => found.includes(id))).toBe(false);
    expect(await world.contradictions()).toEqual([]);
  }, 30_000);

  test('of blocks come page by page too', async () => {
    const [ann, ...crowd] = await people(6);
    if (!ann) throw new Error('nobody is there');
    for (const { handle } of crowd) await users.ask(ann.id, blocked(handle));
    expect(await users.walk(ann.id, '/users/me/blocks', 2)).toEqual(crowd.map(({ id }) => id).reverse());
  });

  test.each([
    ['nonsense', '%20'],
    ['other bytes', '____'],
    ['no number', cursorOf('x')],
    ['a number that is none', cursorOf('1e3')],
    ['a number below zero', cursorOf('-1')],
    ['SQL', cursorOf("1' or '1'='1")],
    ['a number beyond bigint', cursorOf('9'.repeat(19))],
    ['another spelling of a good one', `${cursorOf('12')}=`],
    ['nothing', ''],
  ])('refuse a cursor that is %s', async (_what, cursor) => {
    const ann = await users.person();
    const lists = ['/users/me/blocks?', `/users/${ann.handle}/followers?`, `/users/${ann.handle}/following?`];
    for (const list of lists) {
      expect(await users.ask(ann.id, `GET ${list}cursor=${cursor}`)).toMatchObject(problem(400, 'invalid-cursor'));
    }
  });

  test('of handles refuse the cursor of another list', async () => {
    for (const cursor of [cursorOf('A!'), cursorOf('ab'), cursorOf('a\0b.c'), '%%', 'é']) {
      const answer = await users.ask(randomUUID(), `GET /users?prefix=a&cursor=${encodeURIComponent(cursor)}`);
      expect(answer).toMatchObject(problem(400, 'invalid-cursor'));
    }
  });
});
