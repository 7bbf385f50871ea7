import { Ajv } from 'ajv';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Contract, Route, RouteReply, RouteRequest } from '../../model/index.ts';
import { type FieldError, HttpError, problemSchema } from './problem.ts';

/** One handler for each operation of a contract. What it returns is the answer. */
export type Handlers<C extends Contract> = {
  readonly [Operation in keyof C['routes']]: (
    request: FastifyRequest<RouteRequest<C['routes'][Operation]>>,
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

/** Registers every route of a contract. @throws Error that names the operations without a handler, or the handlers without an operation */
export function contractRoutes<C extends Contract>(server: FastifyInstance, contract: C, handlers: Handlers<C>): void {
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
  for (const [operation, route] of Object.entries(contract.routes)) {
    register(server, operation, route, handlers[operation as keyof typeof handlers] as unknown as Handler);
  }
}

function register(server: FastifyInstance, operation: string, route: Route, handler: Handler): void {
  const parts: Partial<Record<Part, z.ZodType>> = {
    ...(route.params && { params: route.params }),
    ...(route.query && { querystring: route.query }),
    ...(route.body && { body: route.body }),
  };
  const requests = Object.fromEntries(
    Object.entries(parts).map(([part, schema]) => [part, jsonSchema(schema, 'input')]),
  );
  server.route({
    method: route.method,
    url: route.path,
    schema: {
      operationId: operation,
      summary: route.summary,
      ...requests,
      response: {
        [route.status]: { description: 'Success', ...jsonSchema(route.response, 'output') },
        default: {
          description: problemSchema.description,
          content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
        },
      },
    },
    validatorCompiler: ({ httpPart }) => validator(httpPart as Part, parts[httpPart as Part] ?? z.unknown()),
    handler: async (request, reply) => {
      reply.code(route.status);
      const answer = await handler(request, reply);
      if (reply.sent) return reply;
      const checked = route.response.safeParse(answer);
      if (!checked.success) {
        throw new Error(`${operation} answered against its contract: ${list(checked.error, 'response')}`);
      }
      return checked.data === undefined ? reply.send() : checked.data;
    },
  });
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
