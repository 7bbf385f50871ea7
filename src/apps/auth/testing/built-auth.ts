import { randomUUID } from 'node:crypto';
import { type BuiltApp, buildApp } from '../../kit/index.ts';
import { type Answer, ask } from '../../kit/testing/ask.ts';
import app from '../app.ts';
import type service from '../service.ts';

/** What a test may say besides the route. */
interface Call {
  readonly body?: unknown;
  /** An access token. */
  readonly token?: string;
  /** Where the request comes from. @default - this machine */
  readonly ip?: string;
  readonly headers?: Record<string, string>;
}

/** As the routes answer it. */
export interface Tokens {
  readonly accountId: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/** An account with its password, logged in once. */
export interface Somebody extends Tokens {
  readonly email: string;
  readonly password: string;
}

export const password = 'correct horse battery staple';

/** An instance of the service in memory. Closed at the end of the scope. */
export interface BuiltAuth extends BuiltApp<typeof service>, AsyncDisposable {
  call(route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`, call?: Call): Promise<Answer>;
  /** Registers somebody new. */
  newcomer(): Promise<Somebody>;
  logIn(who: Pick<Somebody, 'email' | 'password'>): Promise<Tokens>;
  refresh(tokens: Pick<Tokens, 'refreshToken'>): Promise<Answer>;
  /** The values of a metric that are not 0, by their labels' values. */
  counted(name: string): Promise<Record<string, number>>;
}

/** @param props.env what differs from limits that no test reaches by chance */
export async function buildAuth({
  databaseUrl,
  redisUrl,
  env,
  logTo,
}: {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly env?: Record<string, string>;
  readonly logTo?: { write(line: string): void };
}): Promise<BuiltAuth> {
  const built = await buildApp(app, {
    env: {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      SIGNING_KEY_SECRET: 'secret of the tests',
      ADDRESS_LIMIT: '100000',
      LOG_LEVEL: 'debug',
      ...env,
    },
    logTo: logTo ?? { write: () => {} },
  });
  const call: BuiltAuth['call'] = async (route, { body, token, ip, headers } = {}) => {
    const sender = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(ip !== undefined && { 'x-forwarded-for': ip }),
    };
    return ask(built, route, { body, headers: { ...sender, ...headers } });
  };
  const expectStatus = async (status: number, answer: Promise<Answer>) => {
    const { status: got, body } = await answer;
    if (got !== status) throw new Error(`got ${got} ${JSON.stringify(body)} where ${status} was expected`);
    return body;
  };
  return {
    ...built,
    call,
    async newcomer() {
      const body = { email: `${randomUUID()}@example.com`, password };
      return { ...body, ...(await expectStatus(201, call('POST /auth/accounts', { body }))) };
    },
    logIn: ({ email, password }) => expectStatus(201, call('POST /auth/sessions', { body: { email, password } })),
    refresh: ({ refreshToken }) => call('POST /auth/sessions/refresh', { body: { refreshToken } }),
    async counted(name) {
      const { values } = (await built.registry.getSingleMetric(name)?.get()) ?? { values: [] };
      return Object.fromEntries(
        values.flatMap(({ labels, value }) => (value > 0 ? [[Object.values(labels).join(), value]] : [])),
      );
    },
    [Symbol.asyncDispose]: () => built.close(),
  };
}
