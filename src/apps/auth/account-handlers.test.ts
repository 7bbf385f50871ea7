import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { makeFilePlace } from '../kit/testing/key-value-places.ts';
import { testDatabase } from '../kit/testing/test-postgres.ts';
import { buildAuth } from './testing/built-auth.ts';

test('registers an account and logs in', async () => {
  await using database = await testDatabase();
  await using place = await makeFilePlace();
  await using auth = await buildAuth({ databaseUrl: database.url, redisUrl: place.url });
  const answer = await auth.call('POST /auth/accounts', {
    body: { email: ' Ada@Example.com ', password: 'correct horse battery' },
  });
  expect(answer.status).toBe(201);
  const { accountId, sessionId, accessToken, expiresIn } = answer.body;
  const { body: keys } = await auth.call('GET /.well-known/jwks.json');
  const { payload } = await jwtVerify(accessToken, createLocalJWKSet(keys), { issuer: 'auth', audience: 'services' });
  expect(payload).toMatchObject({ sub: accountId, sid: sessionId });
  expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'EdDSA', kid: keys.keys[0].kid, typ: 'at+jwt' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(expiresIn);
  const account = await auth.call('GET /auth/account', { token: accessToken });
  expect(account.body).toEqual({ id: accountId, email: 'ada@example.com', createdAt: expect.any(String) });
});
