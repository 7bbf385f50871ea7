import type { FastifyReply, FastifyRequest } from 'fastify';
import type auth from '../auth/contract.ts';
import { type Client, ClientError, type Handlers, HttpError, refuseCrossOrigin } from '../kit/index.ts';
import type contract from './contract.ts';
import { clearSession, refreshTokenOf, setSession, type Tokens } from './session-cookies.ts';

type SessionHandlers = Pick<Handlers<typeof contract>, 'logIn' | 'signUp' | 'refresh' | 'logOut'>;

/** What begins, goes on with and ends the session of a browser: auth does it, and its tokens stay in cookies. */
export function createSessionHandlers(accounts: Client<typeof auth>): SessionHandlers {
  const keep = (request: FastifyRequest, reply: FastifyReply, tokens: Tokens) => {
    setSession(request, reply, tokens);
    const { accountId, sessionId, expiresIn } = tokens;
    return { accountId, sessionId, expiresIn };
  };
  const next = (request: FastifyRequest, refreshToken: string) =>
    accounts.refresh({ body: { refreshToken } }, { onBehalfOf: request });

  return {
    // A page of another origin could else log its visitor in to an account of somebody else, who then reads all that the visitor does there.
    logIn: async (request, reply) => {
      refuseCrossOrigin(request);
      const { body } = request;
      return keep(request, reply, await accounts.logIn({ body }, { onBehalfOf: request }).catch(passOn));
    },

    signUp: async (request, reply) => {
      refuseCrossOrigin(request);
      const { body } = request;
      return keep(request, reply, await accounts.register({ body }, { onBehalfOf: request }).catch(passOn));
    },

    refresh: async (request, reply) => {
      refuseCrossOrigin(request);
      const token = refreshTokenOf(request);
      if (token === undefined) throw sessionEnded();
      try {
        return keep(request, reply, await next(request, token));
      } catch (error) {
        if (!hasEnded(error)) return passOn(error);
        clearSession(request, reply);
        throw sessionEnded();
      }
    },

    logOut: async (request, reply) => {
      refuseCrossOrigin(request);
      const token = refreshTokenOf(request);
      if (token !== undefined) {
        try {
          // The access token of the cookie may be over, and only such a one ends the session.
          const tokens = await next(request, token);
          // If the session goes on after all, whoever tries again must be able to end it.
          keep(request, reply, tokens);
          const headers = { authorization: `Bearer ${tokens.accessToken}` };
          await accounts.logOut(undefined, { onBehalfOf: request, headers });
        } catch (error) {
          if (!hasEnded(error)) return passOn(error);
        }
      }
      clearSession(request, reply);
    },
  };
}

/** Whether auth takes a token no more. One that it cannot even read is none that it gave. */
function hasEnded(error: unknown): boolean {
  return error instanceof ClientError && (error.status === 401 || error.status === 400);
}

function sessionEnded(): HttpError {
  return new HttpError(401, 'session-ended', 'There is no session any more; log in');
}

/** Answers with what auth says is wrong, where it says it to whoever asked. @throws always */
function passOn(error: unknown): never {
  if (!(error instanceof ClientError) || !error.problem) throw error;
  const { problem, retryAfter } = error;
  if (problem.status >= 500 && retryAfter === undefined) throw error;
  throw new HttpError(problem.status, problem.code, problem.detail, {
    ...(problem.errors && { errors: problem.errors }),
    ...(retryAfter !== undefined && { retryAfter: Math.ceil(retryAfter / 1_000) }),
  });
}
