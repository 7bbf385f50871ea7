import { afterAll, beforeAll, expect, test } from 'vitest';
import auth from '../../src/apps/auth/contract.ts';
import media from '../../src/apps/media/contract.ts';
import posts from '../../src/apps/posts/contract.ts';
import users from '../../src/apps/users/contract.ts';
import web from '../../src/apps/web/contract.ts';
import { BrowserPerson } from './browser-person.ts';
import { look } from './look.ts';
import { picture } from './person.ts';
import { type RunningInsta, runInsta } from './running.ts';
import { tour } from './tour.ts';

const addressLimit = 6;
let insta: RunningInsta;

beforeAll(async () => {
  insta = await runInsta({ ADDRESS_LIMIT: String(addressLimit), LOG_LEVEL: 'trace' });
}, 60_000);
afterAll(() => insta?.[Symbol.asyncDispose]());

test('the tour, by two people with browsers', { timeout: 60_000 }, async () => {
  const { ann, ben } = await tour(insta.caller, BrowserPerson);
  await ann.refresh();
  expect((await ann.ask(users.routes.me)).handle).toBe(ann.handle);
  await ben.refresh();
  // What a browser keeps for itself is for no log.
  expect(insta.lines.text).not.toMatch(/eyJ[\w-]+\.eyJ/);
});

test('a look at the page asks for all that it needs, as often as somebody comes back', {
  timeout: 60_000,
}, async () => {
  const ida = await new BrowserPerson(insta.caller, 'ida.looks').arrive();
  const file = await ida.upload(await picture(16));
  for (let time = 0; time < 3; time++) await look(ida, file);
});

test('a page of another origin gets nothing done, whichever service it asks', { timeout: 60_000 }, async () => {
  const ada = await new BrowserPerson(insta.caller, 'ada.forged').arrive();
  const post = await ada.post('Mine', [await ada.upload(await picture(16))]);
  const forged = { headers: { origin: 'http://evil.test' } };
  const asked = [
    ada.tryTo(posts.routes.remove, { params: { id: post.id } }, forged),
    ada.tryTo(posts.routes.like, { params: { id: post.id } }, forged),
    ada.tryTo(users.routes.saveMe, { body: { handle: 'taken', name: 'Over' } }, forged),
    ada.tryTo(media.routes.upload, undefined, { ...forged, file: await picture(16) }),
    ada.tryTo(auth.routes.logOutEverywhere, { query: {} }, forged),
    ada.tryTo(web.routes.logOut, undefined, forged),
  ];
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 403));
  expect((await ada.ask(posts.routes.one, { params: { id: post.id } })).likes).toBe(0);
  expect((await ada.ask(users.routes.me)).handle).toBe('ada.forged');
});

test('two browsers behind web are two addresses to auth, and two programs in the list of sessions', {
  timeout: 60_000,
}, async () => {
  const from = (address: string) => ({ 'x-forwarded-for': address, origin: insta.caller.origin });
  const logIn = (address: string, body: { email: string; password: string }, userAgent = 'x') =>
    insta.caller(web.routes.logIn, { body }, { headers: { ...from(address), 'user-agent': userAgent } });
  const wrong = { email: 'nobody@example.com', password: 'x' };
  const statuses: number[] = [];
  for (let time = 0; time <= addressLimit; time++)
    statuses.push((await logIn('198.51.100.1', { ...wrong, email: `${time}@example.com` })).status);
  expect(statuses).toEqual([...Array.from({ length: addressLimit }, () => 401), 429]);
  expect((await logIn('198.51.100.2', wrong)).status).toBe(401);

  const person = { email: 'ida@example.com', password: 'a long password' };
  const signUp = { ...from('198.51.100.3'), 'user-agent': 'Browser 1' };
  await insta.caller(web.routes.signUp, { body: person }, { headers: signUp });
  const { headers } = await logIn('198.51.100.4', person, 'Browser 2');
  const cookie = String([headers['set-cookie'] ?? []].flat()[0]).split(';', 1)[0] ?? '';
  const { body } = await insta.caller(auth.routes.sessions, undefined, { headers: { cookie } });
  expect(body.items.map(({ userAgent }) => userAgent)).toEqual(['Browser 2', 'Browser 1']);
});
