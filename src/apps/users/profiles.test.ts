import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nowhere } from '../kit/testing/stub-server.ts';
import { imageTypes, videoTypes } from '../media/contract.ts';
import contract from './contract.ts';
import { reservedHandles } from './reserved-handles.ts';
import { newHandle, type Users, type UsersWorld, usersWorld } from './testing/build-users.ts';

let world: UsersWorld;
let users: Users;
let twin: Users;
beforeAll(async () => {
  world = await usersWorld();
  [users, twin] = await Promise.all([world.start(), world.start()]);
});
afterAll(() => world[Symbol.asyncDispose]());
afterEach(() => {
  world.mediaStatus = undefined;
});

const problem = (status: number, code: string) => ({ status, body: { status, code } });
const upload = (owner: string, type: string = imageTypes[0]) => {
  const id = randomUUID();
  world.files.set(id, { owner, type });
  return id;
};
const fresh = { bio: '', avatar: null, followers: 0, following: 0 };
const flags = { followedByMe: false, followsMe: false, blockedByMe: false };

describe('a profile', () => {
  test('is missing, made, read by others, and changed by its owner', async () => {
    const ann = randomUUID();
    const handle = newHandle();
    expect(await users.ask(ann, 'GET /users/me')).toMatchObject(problem(404, 'profile-missing'));
    const made = await users.ask(ann, 'PUT /users/me', { handle: ` ${handle.toUpperCase()} `, name: ' Ann ' });
    expect(made).toMatchObject({ status: 200, body: { id: ann, handle, name: 'Ann', ...fresh, ...flags } });
    expect(Object.keys(made.body)).not.toContain('blocksMe');
    expect((await twin.ask(ann, 'GET /users/me')).body).toEqual(made.body);
    expect((await twin.ask(randomUUID(), `GET /users/${handle.toUpperCase()}`)).body).toEqual(made.body);

    const avatar = upload(ann);
    const next = newHandle();
    const text = { handle: next, name: 'Ann \u{1F600}', bio: 'Says \ud800 things', avatar };
    const changed = await users.ask(ann, 'PUT /users/me', text);
    // Half of a pair is no character, and nothing can store it.
    expect(changed).toMatchObject({ status: 200, body: { ...text, bio: 'Says \ufffd things' } });
    expect(await users.ask(ann, `GET /users/${handle}`)).toMatchObject(problem(404, 'person-not-found'));
    expect((await users.ask(ann, `GET /users/${next}`)).body).toEqual(changed.body);
  });

  test('has a handle that nobody else has, whoever asks at the same moment', async () => {
    const handle = newHandle();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (at % 2 ? users : twin).ask(randomUUID(), 'PUT /users/me', { handle, name: 'x' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect(answer).toMatchObject(problem(409, 'handle-taken'));
    }
  });

  test('may be saved twice at the same moment, and gives its old handle to whoever wants it', async () => {
    const ann = await users.person();
    const handle = newHandle();
    const answers = await Promise.all(
      [users, twin].map((app) => app.ask(ann.id, 'PUT /users/me', { handle, name: 'x' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await users.person(ann.handle)).handle).toBe(ann.handle);
  });

  test.each([...reservedHandles])('has no handle like %s', async (handle) => {
    // One that could not be asked for would be of no use in the list.
    const { body } = contract.routes.saveMe;
    expect(body.safeParse({ handle, name: 'x' }).success).toBe(true);
    expect(await users.ask(randomUUID(), 'PUT /users/me', { handle, name: 'x' })).toMatchObject(
      problem(409, 'handle-taken'),
    );
  });

  test.each([
    ['a handle that means whoever asks', { handle: 'me' }],
    ['a handle that starts with a dot', { handle: '.abc' }],
    ['a handle of 31 characters', { handle: 'a'.repeat(31) }],
    ['a handle with a letter of another alphabet', { handle: 'annаaa' }],
    ['a handle with a line end in it', { handle: 'ann\nann' }],
    ['an empty name', { name: '  ' }],
    ['a name of 61 characters', { name: 'x'.repeat(61) }],
    ['a name with a NUL character', { name: 'a\u0000b' }],
    ['a bio of 301 characters', { bio: 'x'.repeat(301) }],
    ['an avatar that is no id', { avatar: 'x' }],
  ])('does not have %s', async (_what, part) => {
    const answer = await users.ask(randomUUID(), 'PUT /users/me', { handle: newHandle(), name: 'x', ...part });
    expect(answer).toMatchObject(problem(400, 'invalid-request'));
  });

  test('needs a token that is valid; one for others changes nothing', async () => {
    const ann = await users.person();
    const ways = [{ audience: 'others' }, { issuer: 'others' }, { expiresIn: -60 }];
    for (const options of ways) {
      const headers = await world.accounts.headersOf(ann.id, options);
      const payload = { handle: newHandle(), name: 'Forged' };
      const answer = await users.server.inject({ method: 'PUT', url: '/users/me', headers, payload });
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated']);
    }
    expect((await users.server.inject('/users/me')).statusCode).toBe(401);
    expect((await users.ask(ann.id, 'GET /users/me')).body).toMatchObject({ name: `Name of ${ann.handle}` });
  });
});

describe('an avatar', () => {
  const save = (id: string, avatar: string | null) =>
    users.ask(id, 'PUT /users/me', { handle: `a${id.slice(0, 8)}`, name: 'x', avatar });

  test('is a picture that the same account uploaded, and asked about when it changes', async () => {
    const ann = randomUUID();
    const avatar = upload(ann);
    const before = world.media.requests.length;
    expect((await save(ann, null)).status).toBe(200);
    expect(world.media.requests).toHaveLength(before);
    expect((await save(ann, avatar)).body.avatar).toBe(avatar);
    expect((await save(ann, avatar)).body.avatar).toBe(avatar);
    expect((await save(ann, avatar.toUpperCase())).body.avatar).toBe(avatar);
    expect(world.media.requests).toHaveLength(before + 1);
    expect((await save(ann, null)).body.avatar).toBeNull();
    expect(world.media.requests).toHaveLength(before + 1);
  });

  test.each([
    ['of somebody else', () => upload(randomUUID())],
    ['that is not there', () => randomUUID()],
    ['that is a video', (ann: string) => upload(ann, videoTypes[0])],
  ])('is no file %s', async (_what, make) => {
    const ann = randomUUID();
    const avatar = make(ann);
    expect(await save(ann, avatar)).toMatchObject(problem(422, 'avatar-not-found'));
    expect(await users.ask(ann, 'GET /users/me')).toMatchObject(problem(404, 'profile-missing'));
  });

  test('cannot change while media is away; all else can', async () => {
    const ann = randomUUID();
    const [avatar, other] = [upload(ann), upload(ann)];
    await save(ann, avatar);
    world.mediaStatus = 500;
    const answer = await save(ann, other);
    expect(answer).toMatchObject(problem(503, 'media-unavailable'));
    expect(answer.headers['retry-after']).toBe('2');
    expect((await save(ann, avatar)).body.avatar).toBe(avatar);
    expect((await save(ann, null)).body.avatar).toBeNull();
    world.mediaStatus = undefined;
    expect((await save(ann, other)).body.avatar).toBe(other);
  });

  test('cannot change while nothing listens where media should be', async () => {
    await using alone = await world.start({ MEDIA_URL: await nowhere() });
    const answer = await alone.ask(randomUUID(), 'PUT /users/me', {
      handle: newHandle(),
      name: 'x',
      avatar: randomUUID(),
    });
    expect(answer).toMatchObject(problem(503, 'media-unavailable'));
  });
});

describe('search', () => {
  test('finds by prefix, in the order of handles, page by page, without those whom a block parts', async () => {
    const handles = ['zq.a', 'zq.b1', 'zq.b2', 'zq.b_x', 'zq.c', 'zqa', 'zq_a', 'zr.b'];
    const people = new Map<string, string>();
    for (const handle of handles) people.set((await users.person(handle)).id, handle);
    const ann = await users.person();
    const find = async (prefix: string, limit = 2) =>
      (await users.walk(ann.id, `/users?prefix=${encodeURIComponent(prefix)}`, limit)).map((id) => people.get(id));
    expect(await find('zq')).toEqual(['zq.a', 'zq.b1', 'zq.b2', 'zq.b_x', 'zq.c', 'zq_a', 'zqa']);
    expect(await find('ZQ.B', 1)).toEqual(['zq.b1', 'zq.b2', 'zq.b_x']);
    expect(await find('zq.c')).toEqual(['zq.c']);
    expect(await find('zq_')).toEqual(['zq_a']);
    for (const none of ['z%', 'zq%', '%', '_q', 'zq\\', "zq'", 'zq.cc', '~', '\u{10FFFF}']) {
      expect(await find(none)).toEqual([]);
    }
    const [first = '', second = ''] = [...people.keys()];
    await users.ask(first, `PUT /users/${ann.handle}/block`);
    await users.ask(ann.id, `PUT /users/${people.get(second)}/block`);
    expect(await find('zq.')).toEqual(['zq.b2', 'zq.b_x', 'zq.c']);
  });

  test.each(['', 'prefix=', 'prefix=%00', `prefix=${'a'.repeat(31)}`, 'prefix=a&limit=0', 'prefix=a&limit=101'])(
    'refuses ?%s',
    async (query) => {
      expect(await users.ask(randomUUID(), `GET /users?${query}`)).toMatchObject(problem(400, 'invalid-request'));
    },
  );
});

describe('other services', () => {
  test('find people by their accounts, those without a profile left out', async () => {
    const [ann, bob] = [await users.person(), await users.person()];
    const ids = [ann.id, randomUUID(), bob.id, ann.id];
    const { status, body } = await users.ask('', `GET /internal/people?${ids.map((id) => `ids=${id}`).join('&')}`);
    expect(status).toBe(200);
    expect(body.items).toHaveLength(2);
    expect(body.items).toContainEqual({ ...bob, name: `Name of ${bob.handle}`, avatar: null });
    const many = Array.from({ length: 101 }, () => `ids=${randomUUID()}`).join('&');
    expect((await users.ask('', `GET /internal/people?${many}`)).status).toBe(400);
    expect((await users.ask('', `GET /internal/people?ids=${ann.id}`)).body.items).toHaveLength(1);
    expect((await users.ask('', 'GET /internal/people')).status).toBe(400);
    expect((await users.ask('', 'GET /internal/people?ids=x')).status).toBe(400);
  });

  test('are told whom somebody follows and from whom a block parts them', async () => {
    const [ann, bob, cid, dee] = [
      await users.person(),
      await users.person(),
      await users.person(),
      await users.person(),
    ];
    await users.ask(ann.id, `PUT /users/${bob.handle}/follow`);
    await users.ask(ann.id, `PUT /users/${cid.handle}/block`);
    await users.ask(dee.id, `PUT /users/${ann.handle}/block`);
    const people = [ann, bob, cid, dee].map(({ id }) => id);
    const of = async (id: string) => {
      const followed = (await users.ask('', `GET /internal/people/${id}/followed`)).body.items;
      const parted = await users.ask('', `GET /internal/people/${id}/parted?ids=${people.join('&ids=')}`);
      return { followed, parted: parted.body.items.toSorted() };
    };
    expect(await of(ann.id)).toEqual({ followed: [bob.id], parted: [cid.id, dee.id].sort() });
    expect(await of(cid.id)).toEqual({ followed: [], parted: [ann.id] });
    expect(await of(randomUUID())).toEqual({ followed: [], parted: [] });
    for (const bad of ['x/followed', `x/parted?ids=${ann.id}`, `${ann.id}/parted`]) {
      expect((await users.ask('', `GET /internal/people/${bad}`)).status).toBe(400);
    }
  });
});
