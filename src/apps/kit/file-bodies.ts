import { finished, type Readable, Transform } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { type FileOptions, quantityValue } from '../../model/index.ts';
import { HttpError } from './problem.ts';

/** Hands the bodies of a scope's requests to their handlers as streams, whatever their type. */
export function acceptStreams(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
}

/** Refuses by its head alone a file that its route does not take. */
export function refuseFiles({ types, limit }: FileOptions): onRequestHookHandler {
  return ({ headers }, _reply, done) => {
    const given = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (given === undefined || !types.some((type) => covers(type, given))) {
      return done(
        new HttpError(
          415,
          'unsupported-media-type',
          `The content type is ${given ?? 'missing'}; allowed: ${types.join(', ')}`,
        ),
      );
    }
    if (Number(headers['content-length']) > quantityValue(limit)) return done(tooLarge(limit));
    done();
  };
}

function covers(type: string, given: string): boolean {
  return type.endsWith('/*') ? given.startsWith(type.slice(0, -1)) : type === given;
}

/**
 * The body of a request, which breaks with HttpError: 413 as soon as it is larger than its route takes, 400 `body-broken` where the rest of it does not
 * come, or the request is answered while it still comes. Whatever then still comes is thrown away: a caller hears why only if somebody goes on reading
 * what it sends. The time that a request may take ends that too.
 */
export function limitedBody(
  request: FastifyRequest,
  { raw: response }: FastifyReply,
  { limit }: FileOptions,
): Readable {
  const payload = request.body as Readable;
  const most = quantityValue(limit);
  let bytes = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > most) done(tooLarge(limit));
      else done(null, chunk);
    },
  });
  const stop = () => body.destroy(new HttpError(400, 'body-broken', 'The body ended before its time'));
  finished(payload, { writable: false }, (error) => error && stop());
  // Nobody reads on for a request that is over, and the next of its connection would wait for the rest.
  for (const event of ['finish', 'close']) response.once(event, stop);
  body.on('close', () => {
    payload.unpipe(body);
    payload.resume();
  });
  // Whoever reads the body hears of its errors; where nobody does any more they are no news.
  body.on('error', () => {});
  return payload.pipe(body);
}

function tooLarge(limit: string): HttpError {
  return new HttpError(413, 'body-too-large', `The body is too large; allowed: ${limit} at most`);
}
