import { z } from 'zod';
import { defineContract, del, get, post, put } from '../../model/index.ts';

/** Who signs access tokens, and for whom: the claims `iss` and `aud`. */
export const tokenIssuer = 'auth';
export const tokenAudience = 'services';

const email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email().max(254))
  .describe('The address to log in with; upper and lower case are the same.');
const password = z.string().min(10).max(200).describe('10 to 200 characters, of any kind.');
/** Whatever anybody may have typed: its rules are checked where a password is chosen. */
const typedPassword = z.string().min(1).max(1_000);

const account = z.object({ id: z.uuid(), email: z.string(), createdAt: z.iso.datetime() });

const tokens = z.object({
  accountId: z.uuid(),
  sessionId: z.string(),
  accessToken: z.string().describe('A JWT for the header Authorization: Bearer.'),
  expiresIn: z.int().describe('Seconds until the access token ends.'),
  refreshExpiresIn: z.int().describe('Seconds until the session ends, unless it is refreshed.'),
  refreshToken: z
    .string()
    .describe(
      'For the next tokens: sessionId, a dot and a secret; good for one use. The same again within REFRESH_GRACE, 30 seconds unless set otherwise, gives the same; later it ends the session.',
    ),
});

const session = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  refreshedAt: z.iso.datetime(),
  userAgent: z.string(),
  current: z.boolean().describe('Whether it is the one that asks.'),
});

/** A key as the world sees it. */
export const publicKey = z.object({
  kid: z.string(),
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  x: z.string(),
});

/**
 * Each password that is checked costs a core for a while. This keeps a flood from the service, and is above what it allows one address in a minute, which it counts
 * for all its pods together.
 */
const passwords = { perSecond: 5, burst: 100 };

export default defineContract({
  name: 'auth',
  port: 4310,
  routes: {
    register: post('/auth/accounts', {
      summary: 'Makes an account and logs in.',
      exposed: true,
      rate: passwords,
      body: z.object({ email, password }),
      status: 201,
      response: tokens,
    }),
    account: get('/auth/account', {
      summary: 'The account of whoever asks.',
      exposed: true,
      user: true,
      response: account,
    }),
    changePassword: put('/auth/account/password', {
      summary: 'Chooses another password; ends all other sessions.',
      exposed: true,
      user: true,
      body: z.object({ current: typedPassword, next: password }),
      status: 204,
      response: z.undefined(),
    }),
    deleteAccount: post('/auth/account/deletion', {
      summary: 'Deletes the account, ends all its sessions, and has every service delete its data.',
      exposed: true,
      user: true,
      body: z.object({ password: typedPassword }),
      status: 204,
      response: z.undefined(),
    }),
    logIn: post('/auth/sessions', {
      summary: 'Logs in.',
      exposed: true,
      rate: passwords,
      body: z.object({ email, password: typedPassword }),
      status: 201,
      response: tokens,
    }),
    refresh: post('/auth/sessions/refresh', {
      summary: 'Gives the next tokens of a session.',
      exposed: true,
      rate: { perSecond: 10, burst: 50 },
      body: z.object({ refreshToken: z.string().min(1).max(1_000) }),
      response: tokens,
    }),
    sessions: get('/auth/sessions', {
      summary: 'The sessions of whoever asks, the newest first.',
      exposed: true,
      user: true,
      response: z.object({ items: z.array(session) }),
    }),
    logOut: del('/auth/sessions/current', {
      summary: 'Ends the session that asks.',
      exposed: true,
      user: true,
      status: 204,
      response: z.undefined(),
    }),
    logOutEverywhere: del('/auth/sessions', {
      summary: 'Ends all sessions of whoever asks.',
      exposed: true,
      user: true,
      query: z.object({ except: z.enum(['current']).optional().describe('Spares the session that asks.') }),
      status: 204,
      response: z.undefined(),
    }),
    publicKeys: get('/.well-known/jwks.json', {
      summary: 'The keys that access tokens are signed with, as a JSON Web Key Set.',
      exposed: true,
      response: z.object({ keys: z.array(publicKey) }),
    }),
    deletedAccounts: get('/internal/deleted-accounts', {
      summary: 'The accounts that were deleted, in the order of their deletion: what other services follow.',
      query: z.object({ after: z.int().min(0).default(0), limit: z.int().min(1).max(1_000).default(100) }),
      response: z.object({ items: z.array(z.object({ position: z.int(), id: z.uuid() })) }),
    }),
  },
});
