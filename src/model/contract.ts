import { z } from 'zod';
import { across, check, form, rootOf, rule, sentence, strict, wholeNumber } from './declaration-error.ts';
import { dnsLabel } from './names.ts';

/** The paths that the kit serves itself on every service's port. */
export const kitPaths = { health: '/healthz', ready: '/readyz', openapi: '/openapi.json' } as const;

/** The port on which every service's metrics are scraped, apart from its own port so that no route can expose them. */
export const metricsPort = 9464;

const schema = z.custom<z.ZodType>(
  (value) => value instanceof z.ZodType,
  rule('a zod schema', 'write it with z, such as z.string()'),
);
const objectSchema = z.custom<z.ZodObject>(
  (value) => value instanceof z.ZodObject,
  rule('a zod object', 'write z.object({ ... })'),
);

const routeShape = strict({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** The template, with parameters as `:name`. */
  path: form(/^(\/|(\/([\w.~-]+|:\w+))+)$/, 'a path such as /posts/:id', 'start with / and write parameters as :name'),
  /** What it does, in one sentence, for the OpenAPI document. */
  summary: sentence,
  /** Whether it may be reached from outside the cluster. @default false */
  exposed: z.boolean().default(false),
  /** Whether it needs a valid access token, without which the answer is 401; the handler then has `request.user`. @default false */
  user: z.boolean().default(false),
  /** The parameters of the path. @default - none */
  params: objectSchema.optional(),
  /** The query string. @default - none; unknown keys are ignored */
  query: objectSchema.optional(),
  /** The body, as JSON, or the bytes of a `file`. @default - none */
  body: schema.optional(),
  /** The status of success. @default 200 */
  status: wholeNumber(200, 299).default(200),
  /** The body of success, as JSON, or the bytes of a `file`. */
  response: schema,
});

const route = across(routeShape, (declared, add) => {
  if (Object.values<string>(kitPaths).includes(declared.path)) {
    add(
      ['path'],
      declared.path,
      `a path other than ${Object.values(kitPaths).join(', ')}`,
      'choose another: every service has these already',
    );
  }
  const inPath = [...declared.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '').sort();
  const inSchema = Object.keys(declared.params?.shape ?? {}).sort();
  if (inPath.join() !== inSchema.join()) {
    add(
      ['params'],
      inSchema,
      `a schema of exactly the path's parameters: ${inPath.join(', ') || 'none'}`,
      'name the same parameters in both',
    );
  }
  if (declared.body && (declared.method === 'GET' || declared.method === 'DELETE')) {
    add(['body'], 'a schema', `no body for ${declared.method}`, 'use the query, or POST, PUT or PATCH');
  }
});

const contractShape = strict({
  /** The name of the service and of its Kubernetes objects. */
  name: dnsLabel,
  /** The port on which it answers: of the container and of its Service. 1024 to 65535, as no service runs as root. */
  port: wholeNumber(1024, 65_535),
  /** What others may ask of it, by operation. */
  routes: z.record(z.string(), route),
});

const contract = across(contractShape, (declared, add) => {
  if (declared.port === metricsPort)
    add(['port'], declared.port, `a port other than ${metricsPort}`, 'choose another: the metrics are scraped there');
  const seen = new Map<string, string>();
  for (const [operation, { method, path }] of Object.entries(declared.routes)) {
    const key = `${method} ${path.replaceAll(/:\w+/g, ':')}`;
    const first = seen.get(key);
    if (first) {
      add(
        ['routes', operation],
        `${method} ${path}`,
        'a method and path that no other route has',
        `merge it with routes.${first}`,
      );
    }
    seen.set(key, operation);
  }
});

export type Route = z.output<typeof route>;
type RouteInput = z.input<typeof route>;
type RouteOptions = Omit<RouteInput, 'method' | 'path'>;

/** What others may ask of a service: its name, its port and its routes with their schemas. */
export interface Contract<
  Name extends string = string,
  Routes extends Readonly<Record<string, RouteInput>> = Readonly<Record<string, RouteInput>>,
> {
  readonly name: Name;
  readonly port: number;
  readonly routes: { readonly [Operation in keyof Routes]: Route & Routes[Operation] };
}

const contracts = new WeakSet<object>();

/** Whether it is what defineContract returned: anything else has passed no check. */
export function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && contracts.has(value);
}

/** @throws DeclarationError with everything that is wrong with it */
export function defineContract<
  const Name extends string,
  const Routes extends Readonly<Record<string, RouteInput>>,
>(props: { name: Name; port: number; routes: Routes }): Contract<Name, Routes> {
  const checked = check(contract, props, rootOf(props?.name, 'contract'));
  contracts.add(checked);
  return checked as unknown as Contract<Name, Routes>;
}

function method<const Method extends RouteInput['method']>(name: Method) {
  return <const Options extends RouteOptions>(path: string, options: Options) => ({ method: name, path, ...options });
}

export const get = method('GET');
export const post = method('POST');
export const put = method('PUT');
export const patch = method('PATCH');
export const del = method('DELETE');

type SchemaOutput<R, Key extends string> = R extends { [K in Key]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
type SchemaInput<R, Key extends string> = R extends { [K in Key]: infer S extends z.ZodType }
  ? { [K in Key]: z.input<S> }
  : unknown;

/** What the handler of a route gets once the request has passed its schemas. */
export interface RouteRequest<R> {
  Params: SchemaOutput<R, 'params'>;
  Querystring: SchemaOutput<R, 'query'>;
  Body: SchemaOutput<R, 'body'>;
}

/** What a caller of a route must give. */
export type RouteCall<R> = SchemaInput<R, 'params'> & SchemaInput<R, 'query'> & SchemaInput<R, 'body'>;

/** What a handler may return: the schema turns it into what goes over the wire. */
export type RouteReply<R> = R extends { response: infer S extends z.ZodType } ? z.input<S> : never;

/** What a caller gets. */
export type RouteResult<R> = SchemaOutput<R, 'response'>;

/** The routes that may be reached from outside the cluster. */
export function exposedRoutes({ routes }: Contract): readonly Route[] {
  return Object.values(routes).filter((each) => each.exposed);
}

/** What defineContract checks by, for what describes declarations. */
export { contract as contractSchema };
