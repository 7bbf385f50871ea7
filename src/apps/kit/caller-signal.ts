import type { FastifyReply } from 'fastify';
import { HttpError } from './problem.ts';

/** What Nginx answers a caller that left: nobody hears of it. */
const callerLeft = 499;

/**
 * Ends what is done for an answer that nobody waits for any more: aborts once the caller has left or was answered. Fastify's own `request.signal` follows the
 * request, which closes as soon as its body is read.
 */
export function callerSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const left = new AbortController();
  const abort = () => left.abort(new HttpError(callerLeft, 'caller-left', 'Nobody waits for this answer any more'));
  if (raw.closed) abort();
  else raw.once('close', abort);
  return left.signal;
}
