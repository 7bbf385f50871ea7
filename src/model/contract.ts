import { z } from 'zod';
import { across, check, form, rootOf, rule, sentence, strict, wholeNumber } from './declaration-error.ts';
import { type Duration, durationFrom } from './duration.ts';
import { dnsLabel } from './names.ts';
import { rate } from './rate.ts';

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
  /**
   * How often one client address may ask it through a gateway of the system's own, beside the rate of the gateway itself: for what costs much, or what somebody
   * may try out. @default - as often as the gateway allows
   */
  rate: rate.optional(),
  /**
   * Whether a gateway of the system's own asks again where a pod answers 404: during an update one version may have what the other lacks. Then each 404 is asked for
   * several times. @default false
   */
  retryMissing: z.boolean().default(false),
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
  if (declared.rate && !declared.exposed)
    add(['rate'], declared.rate, 'no rate for a route that is not exposed', 'delete it: only a gateway counts');
  if (declared.retryMissing && !(declared.exposed && declared.method === 'GET'))
    add(
      ['retryMissing'],
      true,
      'true for an exposed GET alone',
      'delete it: only a gateway asks again, and only what changes nothing',
    );
  if (declared.body && (declared.method === 'GET' || declared.method === 'DELETE')) {
    add(['body'], 'a schema', `no body for ${declared.method}`, 'use the query, or POST, PUT or PATCH');
  }
});

const contractShape = strict({
  /** The name of the service and of its Kubernetes objects. */
  name: dnsLabel,
  /** The port on which it answers: of the container and of its Service. 1024 to 65535, as no service runs as root. */
  port: wholeNumber(1024, 65_535),
  /**
   * How long whoever calls it waits for it to start, where an environment lets it have no pods at all. Only with it may its scaling be `idle`, and every service that
   * calls it says `waits`.
   * @default - it always has pods
   */
  coldStart: durationFrom('5s', '5m').optional(),
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
type SchemaKey = 'params' | 'query' | 'body' | 'response';

/** What others may ask of a service: its name, its port and its routes with their schemas. */
export interface Contract<
  Name extends string = string,
  Routes extends Readonly<Record<string, RouteInput>> = Readonly<Record<string, RouteInput>>,
  ColdStart extends Duration | undefined = Duration | undefined,
> {
  readonly name: Name;
  readonly port: number;
  readonly coldStart: ColdStart;
  readonly routes: {
    // Not both of a key: a query of certain keys and one of any would take any.
    readonly [Operation in keyof Routes]: Omit<Route, SchemaKey> & Routes[Operation];
  };
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
  const ColdStart extends Duration | undefined = undefined,
>(props: { name: Name; port: number; coldStart?: ColdStart; routes: Routes }): Contract<Name, Routes, ColdStart> {
  const checked = check(contract, props, rootOf(props?.name, 'contract'));
  contracts.add(checked);
  return checked as unknown as Contract<Name, Routes, ColdStart>;
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
