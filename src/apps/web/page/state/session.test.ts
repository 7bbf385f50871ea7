import { describe, expect, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { overloaded, profile, stubClients } from '../testing/stub-clients.ts';
import { createSession } from './session.ts';

const problem = (status: number, code: string) => new ApiError({ status, code, detail: code });
const none = problem(401, 'session-ended');
const ann = profile({ id: 'ann-id', handle: 'ann' });
const bo = profile();
const text = { handle: 'ann', name: 'Ann', bio: '', avatar: null };

/** A session, and what it had forgotten. */
function fixture(stubs: Parameters<typeof stubClients>[0]) {
  const forgotten: string[] = [];
  const session = createSession(stubClients(stubs), {
    shown: () => forgotten.push('shown'),
    written: () => forgotten.push('written'),
  });
  return { session, forgotten, status: () => session.state.get().status };
}

/** Somebody who logs in as who they say by their e-mail, and is found again by `me`. */
function people(stubs: Parameters<typeof stubClients>[0] = {}) {
  let now = ann;
  return fixture({
    ...stubs,
    users: { me: async () => now, ...stubs.users },
    web: {
      logIn: async ({ body: { email } }) => {
        now = email === 'bo' ? bo : ann;
        return { accountId: now.id, sessionId: 's', expiresIn: 300 };
      },
      signUp: async () => ({ accountId: 'new-id', sessionId: 's', expiresIn: 300 }),
      logOut: async () => undefined,
      ...stubs.web,
    },
  });
}

describe('who it is at the start', () => {
  test.each<[what: string, me: () => Promise<typeof ann>, status: string]>([
    ['a member', async () => ann, 'member'],
    ['nobody', () => Promise.reject(none), 'guest'],
    ['somebody without a profile', () => Promise.reject(problem(404, 'profile-missing')), 'newcomer'],
    ['not known yet', () => Promise.reject(overloaded), 'failed'],
    ['not known without a network', () => Promise.reject(problem(0, 'offline')), 'failed'],
  ])('is %s', async (_what, me, status) => {
    const { session, ...is } = fixture({ users: { me } });
    await session.start();
    expect(is.status()).toBe(status);
    expect(session.me()).toBe(status === 'member' ? ann : undefined);
  });

  test('is what the last of two looks found, whichever is answered last', async () => {
    const answers = [Promise.withResolvers<typeof ann>(), Promise.withResolvers<typeof ann>()];
    let asked = 0;
    const { session } = fixture({ users: { me: () => answers[asked++]?.promise ?? Promise.reject(none) } });
    const looks = [session.start(), session.start()];
    answers[1]?.resolve(bo);
    answers[0]?.reject(none);
    await Promise.all(looks);
    expect(session.me()).toBe(bo);
  });
});

describe('what was being written', () => {
  test('outlives the session for whoever logs in again', async () => {
    const { session, forgotten } = people();
    await session.logIn('ann', 'secret');
    session.end();
    expect(forgotten).toEqual(['shown', 'shown']);
    await session.logIn('ann', 'secret');
    expect(forgotten).not.toContain('written');
  });

  test.each<[what: string, goOn: (session: ReturnType<typeof people>['session']) => Promise<void>]>([
    ['somebody else logs in', (session) => session.logIn('bo', 'secret')],
    ['somebody signs up', (session) => session.signUp('new', 'secret')],
    ['somebody else is found to be logged in', (session) => session.changed('bo-id')],
    ['another tab logs out', (session) => session.changed(undefined)],
  ])('is forgotten as soon as %s', async (_what, goOn) => {
    const { session, forgotten } = people();
    await session.logIn('ann', 'secret');
    session.end();
    forgotten.length = 0;
    await goOn(session);
    expect([...new Set(forgotten)].toSorted()).toEqual(['shown', 'written']);
  });

  test.each(['logOut', 'deleteAccount'] as const)('is forgotten with %s', async (leave) => {
    const { session, forgotten, status } = people({ auth: { deleteAccount: async () => undefined } });
    await session.logIn('ann', 'secret');
    await session[leave]('secret');
    expect(forgotten).toContain('written');
    expect(status()).toBe('guest');
  });
});

test('another tab that logged in as somebody else takes this one along', async () => {
  const { session, status } = fixture({ users: { me: async () => bo } });
  const done = session.changed('bo-id');
  expect(status()).toBe('unknown');
  await done;
  expect(session.me()).toBe(bo);
});

test('another tab that logs in again takes along one whose session had ended, and changes nothing in any other', async () => {
  let looks = 0;
  const { session, status } = fixture({
    users: {
      me: async () => {
        looks += 1;
        return ann;
      },
    },
  });
  await session.start();
  await session.renewed();
  expect(looks).toBe(1);
  session.end();
  await session.renewed();
  expect([status(), looks]).toEqual(['member', 2]);
});

test('what the server refuses changes nothing', async () => {
  const refuse = async () => Promise.reject(overloaded);
  const { session, forgotten } = people({
    auth: { deleteAccount: refuse },
    users: { me: async () => ann, saveMe: refuse },
    web: { logIn: refuse, signUp: refuse, logOut: refuse },
  });
  await session.start();
  for (const attempt of [
    session.logIn('bo', 'secret'),
    session.signUp('bo', 'secret'),
    session.saveProfile(text),
    session.logOut(),
    session.deleteAccount('wrong'),
  ])
    await expect(attempt).rejects.toBe(overloaded);
  expect([session.me(), forgotten]).toEqual([ann, []]);
});

test('an account that is deleted is left although its cookies could not be cleared', async () => {
  const { session, status } = people({
    auth: { deleteAccount: async () => undefined },
    web: { logOut: async () => Promise.reject(overloaded) },
  });
  await session.start();
  await session.deleteAccount('secret');
  expect(status()).toBe('guest');
});

test('a newcomer is a member with the profile that is saved', async () => {
  const { session, status } = people({ users: { saveMe: async ({ body }) => ({ ...ann, ...body }) } });
  await session.signUp('ann', 'secret');
  expect(status()).toBe('newcomer');
  await session.saveProfile({ ...text, bio: 'Hi' });
  expect(session.me()).toEqual({ ...ann, name: 'Ann', bio: 'Hi' });
});
