import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodes } from 'fastify';

/**
 * What a handler answers, unless that takes too long. Fastify's own time-out stops counting when the body of a request has come, and so never ends the
 * handler of one that has a body.
 *
 * @throws what Fastify does when its time-out is over; what the handler answers later is dropped
 */
export async function answerWithin<T>(milliseconds: number, url: string, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: answered.signal }).then(() => {
    throw new errorCodes.FST_ERR_HANDLER_TIMEOUT(milliseconds, url);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    answered.abort();
    late.catch(() => {});
  }
}
