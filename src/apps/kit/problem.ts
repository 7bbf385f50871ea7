import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ClientError } from './client-error.ts';
import { idsOf } from './log.ts';
import { type FieldError, type ProblemBody, problemBody } from './problem-body.ts';
import { stateOf } from './request-trace.ts';

const { $schema, ...problem } = z.toJSONSchema(problemBody, { target: 'draft-7' });

/** The same as JSON schema, for the OpenAPI document. */
export const problemSchema = { $id: 'Problem', description: 'What every error looks like (RFC 9457).', ...problem };

/** An error that a handler answers with on purpose. */
export class HttpError extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfter: number | undefined;

  /**
   * @param statusCode 400 to 599
   * @param code for programs, in kebab case, such as `post-not-found`
   * @param detail for readers; from 500 on shown only with `retryAfter`
   * @param options.retryAfter after how many seconds the same request may succeed, sent as `Retry-After`. It says that this is no fault of the code,
   * and that whoever throws has logged what needs a log line. @default - not known
   */
  constructor(
    statusCode: number,
    code: string,
    detail: string,
    options: { errors?: readonly FieldError[]; retryAfter?: number } = {},
  ) {
    super(detail);
    this.name = 'HttpError';
    this.statusCode = statusCode;
    this.code = code;
    this.errors = options.errors;
    this.retryAfter = options.retryAfter;
  }
}

/** What Fastify and its plugins throw, in our codes. */
const codes = new Map<string, readonly [code: string, detail?: string]>(
  Object.entries({
    FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-json'],
    FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed-json'],
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed-request'],
    FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large'],
    FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type'],
    FST_ERR_BAD_URL: ['malformed-url', 'The URL is not valid'],
    FST_ERR_MAX_PARAM_LENGTH: ['url-too-long', 'A part of the URL is too long'],
    'not-ready': ['not-ready', 'Not ready'],
    FST_ERR_HANDLER_TIMEOUT: ['handler-timeout', 'The answer took too long'],
  }),
);

const hiddenDetail = 'Something went wrong here; the traceId finds it in the logs';

function problemOf(error: unknown): Omit<ProblemBody, 'traceId'> {
  if (error instanceof ClientError) {
    const status = error.outcome === 'timeout' ? 504 : 502;
    return body(status, 'dependency-failed', 'Something that this needs did not answer as it should');
  }
  const { statusCode = 500, code = '', message = '' } = (error ?? {}) as Partial<FastifyError>;
  const status = statusCode >= 400 && statusCode <= 599 ? statusCode : 500;
  const [known, detail] = codes.get(code) ?? [];
  if (error instanceof HttpError) {
    const shown = detail ?? (status < 500 || error.retryAfter !== undefined ? message : hiddenDetail);
    return { ...body(status, code, shown), ...(error.errors && { errors: error.errors }) };
  }
  if (status >= 500) return body(status, known ?? 'internal-error', detail ?? hiddenDetail);
  return body(status, known ?? 'invalid-request', detail ?? message);
}

function body(status: number, code: string, detail: string): Omit<ProblemBody, 'traceId'> {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/** Answers with a problem. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const trace = stateOf(request)?.trace;
  const problem = problemOf(error);
  const retryAfter = error instanceof HttpError ? error.retryAfter : undefined;
  if (problem.status >= 500 && retryAfter === undefined && problem.code !== 'not-ready') {
    request.log.error({ ...idsOf(trace), err: error }, 'request failed');
  }
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send({ ...problem, traceId: trace?.traceId ?? '' } satisfies ProblemBody);
}

/** Makes every error of a server a problem. @param methodsOf the methods that a path does answer to */
export function answerProblems(server: FastifyInstance, methodsOf: (path: string) => readonly string[]): void {
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = methodsOf(path);
    if (allowed.length === 0) {
      return sendProblem(new HttpError(404, 'route-not-found', 'There is nothing at this path'), request, reply);
    }
    reply.header('allow', allowed.join(', '));
    const detail = `This path answers to ${allowed.join(', ')}`;
    return sendProblem(new HttpError(405, 'method-not-allowed', detail), request, reply);
  });
}
