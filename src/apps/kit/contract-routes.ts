import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Contract,
  type FileOptions,
  fileOptions,
  type Route,
  type RouteReply,
  type RouteRequest,
} from '../../model/index.ts';
import type { User } from './access-token.ts';
import { answerWithin } from './answer-within.ts';
import { acceptStreams, limitedBody, refuseFiles } from './file-bodies.ts';
import { eitherToken } from './openapi.ts';
import { HttpError, problemSchema } from './problem.ts';
import type { FieldError } from './problem-body.ts';

/** A request of a route; of one that is declared with `user: true`, with whoever sent it. */
export type HandlerRequest<R> = FastifyRequest<RouteRequest<R>> &
  (R extends { user: true } ? { readonly user: User } : unknown);

/** One handler for each operation of a contract. What it returns is the answer. */
export type Handlers<C extends Contract> = {
  readonly [Operation in keyof C['routes']]: (
    request: HandlerRequest<C['routes'][Operation]>,
    reply: FastifyReply,
  ) => RouteReply<C['routes'][Operation]> | Promise<RouteReply<C['routes'][Operation]>>;
};

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;
/** As much of a JSON schema as says whether a text is welcome. */
interface JsonSchema {
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly items?: JsonSchema;
}
type Part = 'params' | 'querystring' | 'body';

/** A request with many mistakes is answered with the first of them: a list of thousands helps nobody. */
const mostErrors = 20;

/**
 * Who checks what. Zod decides, on requests and on answers: its schemas trim, transform and fill in, which JSON schema cannot say, and two judges with
 * different ideas of a format or of a length before trimming would contradict each other. Ajv only turns the text of a path or query into the
 * declared types (`?page=2`), as it knows how from the JSON schema; a body has types of its own and is never coerced. fast-json-stringify writes
 * the answer, so that only declared keys leave the service.
 */
const coercer = new Ajv({ coerceTypes: 'array', allErrors: true, strict: false, validateFormats: false });

/** The answer of a file may take as long as its reader: only one that stops reading is cut. In milliseconds. */
const longestDownload = 24 * 60 * 60_000;

/**
 * Registers every route of a contract.
 *
 * @param authenticate tells who sent a request
 * @throws Error that names the operations without a handler, or the handlers without an operation
 */
export function contractRoutes<C extends Contract>(
  server: FastifyInstance,
  contract: C,
  handlers: Handlers<C>,
  authenticate: (request: FastifyRequest) => Promise<User>,
): void {
  const operations = Object.keys(contract.routes);
  const given = Object.keys(handlers);
  const missing = operations.filter((operation) => !given.includes(operation));
  const unknown = given.filter((operation) => !operations.includes(operation));
  if (missing.length > 0 || unknown.length > 0) {
    const faults = [
      ...missing.map((operation) => `no handler for ${operation}: add it`),
      ...unknown.map(
        (operation) => `a handler for ${operation}, which is no route of the contract: declare it or delete it`,
      ),
    ];
    throw new Error(`${contract.name}: ${faults.join('; ')}`);
  }
  server.decorateRequest('user', null);
  for (const [operation, route] of Object.entries(contract.routes)) {
    const handler = handlers[operation as keyof typeof handlers] as unknown as Handler;
    const props = { operation, route, handler, authenticate };
    const upload = fileOptions(route.body);
    if (!upload) register(server, props);
    else {
      // In a scope of its own: all others read JSON.
      server.register(async (scope) => {
        acceptStreams(scope);
        register(scope, props, upload);
      });
    }
  }
}

interface RouteProps {
  readonly operation: string;
  readonly route: Route;
  readonly handler: Handler;
  readonly authenticate: (request: FastifyRequest) => Promise<User>;
}

function register(server: FastifyInstance, props: RouteProps, upload?: FileOptions): void {
  const { operation, route, handler, authenticate } = props;
  const download = fileOptions(route.response);
  const parts: Partial<Record<Part, z.ZodType>> = {
    ...(route.params && { params: route.params }),
    ...(route.query && { querystring: route.query }),
    ...(route.body && !upload && { body: route.body }),
  };
  const requests = Object.fromEntries(
    Object.entries(parts).map(([part, schema]) => [part, jsonSchema(schema, 'input')]),
  );
  const { requestTimeout: request } = server.server;
  // The handler of a file runs while that comes, which may take as long as a request may, and then has the time that every handler has.
  const limit = upload ? 2 * request : request;
  server.route({
    method: route.method,
    url: route.path,
    ...(upload && { bodyLimit: Number.MAX_SAFE_INTEGER }),
    handlerTimeout: download ? longestDownload : limit,
    schema: {
      operationId: operation,
      summary: route.summary,
      ...(route.user && { security: eitherToken }),
      ...requests,
      ...(upload && { body: contentOf(upload) }),
      response: {
        [route.status]: {
          description: 'Success',
          ...(download ? contentOf(download) : jsonSchema(route.response, 'output')),
        },
        default: {
          description: problemSchema.description,
          content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
        },
      },
    },
    validatorCompiler: ({ httpPart }) => {
      const schema = parts[httpPart as Part];
      return schema ? validator(httpPart as Part, schema) : (value) => ({ value });
    },
    onRequest: [
      ...(route.user
        ? [async (request: FastifyRequest) => request.setDecorator('user', await authenticate(request))]
        : []),
      ...(upload ? [refuseFiles(upload)] : []),
    ],
    handler: async (request, reply) => {
      reply.code(route.status);
      if (upload) request.body = limitedBody(request, reply, upload);
      const answering = Promise.resolve(handler(request, reply));
      const answer = await (route.body ? answerWithin(limit, route.path, answering) : answering);
      if (reply.sent) return reply;
      if (download) return answer === undefined ? reply.send() : answer;
      const checked = route.response.safeParse(answer);
      if (!checked.success) {
        throw new Error(`${operation} answered against its contract: ${list(checked.error, 'response')}`);
      }
      return checked.data === undefined ? reply.send() : checked.data;
    },
  });
}

/** How OpenAPI writes the bytes of a file. */
function contentOf({ types }: FileOptions): object {
  return { content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])) };
}

function validator(part: Part, schema: z.ZodType): (value: unknown) => { value: unknown } | { error: Error } {
  const accepted = jsonSchema(schema, 'input');
  const coerce = part === 'body' ? undefined : coercer.compile(accepted);
  const noText = part === 'body' ? [] : partsWithoutText(accepted);
  const place = part === 'querystring' ? 'query' : part;
  return (value) => {
    const empty = noText.filter((name) => isEmpty((value as Record<string, unknown>)[name]));
    coerce?.(value);
    const result = schema.safeParse(value);
    const nul = result.success ? pathOfNul(result.data, place) : undefined;
    if (nul !== undefined) {
      const errors = [{ path: nul, message: 'Invalid input: a NUL character, which no store can keep' }];
      return { error: new HttpError(400, 'invalid-request', `The ${place} has a mistake`, { errors }) };
    }
    if (result.success && empty.length === 0) return { value: result.data };
    const others = result.error?.issues.filter(({ path: [name] }) => !empty.includes(String(name))) ?? [];
    const errors = [
      ...empty.map((name) => ({ path: `${place}.${name}`, message: 'Invalid input: an empty text; leave it out' })),
      ...fieldErrors(others, place),
    ].slice(0, mostErrors);
    const detail = `The ${place} ${errors.length === 1 ? 'has a mistake' : 'has mistakes'}`;
    return { error: new HttpError(400, 'invalid-request', detail, { errors }) };
  };
}

/** Where a text holds a NUL character. JSON may write one, and Postgres refuses it, which would look like a fault of ours. */
function pathOfNul(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    if (key.includes('\0')) return path;
    const found = pathOfNul(part, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The parts of a path or query that cannot be a text. An empty one (`?page=`) would else be coerced: into 0, false or null. */
function partsWithoutText({ properties = {} }: { properties?: object }): string[] {
  return Object.entries(properties).flatMap(([name, part]) => (admitsText(part) ? [] : [name]));
}

function admitsText({ anyOf, enum: values, type, items }: JsonSchema): boolean {
  if (anyOf) return anyOf.some(admitsText);
  if (values) return values.some((value) => typeof value === 'string');
  if (type === 'array') return items === undefined || admitsText(items);
  return type === undefined || [type].flat().includes('string');
}

function isEmpty(value: unknown): boolean {
  return [value].flat().includes('');
}

function fieldErrors(issues: z.ZodError['issues'], root: string): FieldError[] {
  return issues.slice(0, mostErrors).map(({ path, message }) => ({
    path: path.reduce<string>((at, key) => (typeof key === 'number' ? `${at}[${key}]` : `${at}.${String(key)}`), root),
    message,
  }));
}

function list(error: z.ZodError, root: string): string {
  return fieldErrors(error.issues, root)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  // 'any': what JSON schema cannot say is left to zod.
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io, unrepresentable: 'any' });
  return rest;
}

/** The methods that each path of a contract answers to. */
export function methodsByPath(contract: Contract): (path: string) => string[] {
  const routes = Object.values(contract.routes).map(({ method, path }) => ({
    method,
    form: new RegExp(`^${path.replaceAll(/[.~-]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}$`),
  }));
  return (path) => {
    const methods = routes.filter(({ form }) => form.test(path)).map(({ method }) => method);
    return [...new Set(methods.flatMap((method) => (method === 'GET' ? [method, 'HEAD'] : [method])))].sort();
  };
}
