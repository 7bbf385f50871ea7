import { z } from 'zod';
import { serviceThresholds, vainThresholds } from './alerts.ts';
import { type Contract, isContract, metricsPort } from './contract.ts';
import { across, check, form, rootOf, rule, sentence, strict, wholeNumber } from './declaration-error.ts';
import { type Duration, durationFrom, toMilliseconds } from './duration.ts';
import { type Variable, type Variables, variable } from './env.ts';
import { lifecycle } from './lifecycle.ts';
import { logLevels } from './log-line.ts';
import { isRequestRate } from './measure.ts';
import { checkOwnMetric, type Metrics, metric } from './metric.ts';
import { dnsLabel, httpUrl, upperSnake, variableName } from './names.ts';
import { bytesFrom } from './quantity.ts';
import { resources } from './resources.ts';
import { type Only, scaling } from './scaling.ts';
import { slo } from './slo.ts';
import { storeVariables, type Uses, uses } from './uses.ts';

function contractRule({ input }: { readonly input?: unknown }): string {
  return isService(input)
    ? rule('a contract, not a whole service', `import the contract.ts of ${input.name} in place of its service.ts`)
    : rule('a contract', 'write it with defineContract and import it');
}

const contract = z.custom<Contract>(isContract, { error: contractRule });

const retries = wholeNumber(0, 5);
const timeout = durationFrom('1ms', '10m');

const callShape = {
  contract,
  /** How long the caller waits, retries included. At most `lifecycle.request`. @default '2s' */
  timeout: timeout.default('2s'),
  /** How often a failed GET, PUT or DELETE is tried again; other methods never are. @default 2 */
  retries: retries.default(2),
  /**
   * Whether it waits while the other starts, where that has no pods: at most for the `coldStart` of its contract, and that and `timeout` are at most `lifecycle.request`.
   * True for a contract with `coldStart`, and for no other. @default false
   */
  waits: z.boolean().default(false),
};

/** A contract alone, or with other limits than the defaults. */
const call = z
  .custom<object>(
    (value) =>
      isContract(value) || (typeof value === 'object' && value !== null && 'contract' in value && !isService(value)),
    { error: contractRule },
  )
  .transform((value) => (isContract(value) ? { contract: value } : value))
  .pipe(strict(callShape));

const outsideName = form(
  /^[a-z][A-Za-z0-9]*$/,
  'a name in camel case',
  'start with a lower-case letter; letters and digits only',
);

const outsideApi = strict({
  /** Where it is; each environment may name another place. The variable `<NAME>_URL` carries it. */
  url: httpUrl,
  /** How long the service waits, retries included. At most `lifecycle.request`. @default '3s' */
  timeout: timeout.default('3s'),
  /** How often a failed GET is tried again. @default 1 */
  retries: retries.default(1),
});

/** The variables that the kit itself reads: how the charts and `npm run dev` tell a process where it runs. */
export const kitVariables = {
  HTTP_HOST: { type: 'text', default: '0.0.0.0' },
  HTTP_PORT: { type: 'integer', min: 1, max: 65_535, default: 0 },
  METRICS_PORT: { type: 'integer', min: 1, max: 65_535, default: metricsPort },
  LOG_LEVEL: { type: 'oneOf', values: logLevels, default: 'info' },
  LOG_REQUESTS: { type: 'number', min: 0, max: 1, default: 1 },
  SERVICE_VERSION: { type: 'text', default: 'dev' },
  // Those of OpenTelemetry. Without the first there are no spans.
  OTEL_EXPORTER_OTLP_ENDPOINT: { type: 'url', optional: true },
  // One of those that there are: what says another would else be ignored in silence.
  OTEL_TRACES_SAMPLER: { type: 'oneOf', values: ['parentbased_traceidratio'], default: 'parentbased_traceidratio' },
  OTEL_TRACES_SAMPLER_ARG: { type: 'number', min: 0, max: 1, default: 0.1 },
  OTEL_RESOURCE_ATTRIBUTES: { type: 'text', optional: true },
} as const satisfies Variables;

/** The variables that the image, Node or Kubernetes reads or sets. */
const processVariables = ['NODE_ENV', 'NODE_OPTIONS', 'PATH', 'HOME', 'HOSTNAME'];

const serviceShape = strict({
  contract,
  /** The team that answers for it. */
  owner: dnsLabel,
  /** What it does, in one sentence. */
  description: sentence,
  /** The contracts it calls. The only way to get a client, and what both ends of the NetworkPolicy come from. @default - none */
  calls: z.array(call).readonly().default([]),
  /** The APIs outside the cluster that it calls, by a name of its own. @default - none */
  outside: z.record(outsideName, outsideApi).default({}),
  /** What it keeps its data in. @default - nothing: it keeps none */
  uses: uses.prefault({}),
  /** The environment variables it reads. @default - none */
  env: z.record(variableName, variable).default({}),
  /** The metrics of its own, beside those of the kit. @default - none */
  metrics: z.record(z.string(), metric).default({}),
  scaling,
  resources: resources.prefault({}),
  lifecycle: lifecycle.prefault({}),
  /** What it promises whoever asks it: when somebody is told follows from it. @default - nothing */
  slo: slo.optional(),
  /** The largest body that a request may have. @default '1Mi' */
  bodyLimit: bytesFrom('1Ki', '1Gi').default('1Mi'),
  /** Mean delay of the event loop past which requests are shed with 503 and Retry-After. @default '500ms' */
  shedAbove: durationFrom('1ms', '1m').default('500ms'),
  /** Thresholds of its alerts. @default - those that are usual */
  alerts: serviceThresholds.prefault({}),
});

const service = across(serviceShape, (declared, add) => {
  const taken = new Map<string, string>([
    ...processVariables.map((name) => [name, 'the process itself'] as const),
    ...Object.keys(kitVariables).map((name) => [name, 'the kit'] as const),
  ]);
  for (const name of Object.keys(storeVariables('', declared.uses))) taken.set(name, 'uses');
  for (const { contract: callee, waits } of declared.calls) {
    taken.set(urlVariable(callee.name), `calls (${callee.name})`);
    if (waits) taken.set(coldStartVariable(callee.name), `calls (${callee.name})`);
  }
  for (const name of Object.keys(declared.outside)) {
    const owner = taken.get(urlVariable(name));
    if (owner)
      add(['outside', name], name, `a name whose ${urlVariable(name)} is free`, `choose another: ${owner} has it`);
    taken.set(urlVariable(name), `outside.${name}`);
  }
  for (const name of Object.keys(declared.env)) {
    const owner = taken.get(name);
    if (owner) add(['env', name], name, 'a variable that nothing else sets', `choose another name: ${owner} has it`);
  }
  const metricNames = new Map<string, string>();
  for (const [key, own] of Object.entries(declared.metrics)) {
    checkOwnMetric(own, ['metrics', key], add);
    const { name } = own;
    const owner = metricNames.get(name);
    if (owner)
      add(['metrics', key, 'name'], name, 'a name that no other metric has', `choose another: ${owner} has it`);
    metricNames.set(name, `metrics.${key}`);
  }
  const { scaling: scaled } = declared;
  if ('metric' in scaled && !isRequestRate(scaled.metric)) {
    const { of, metric: followed } = scaled.metric;
    const type = of === 'rate' ? 'counter' : 'gauge';
    const own = Object.values(declared.metrics);
    const names = own.filter((each) => each.type === type).map(({ name }) => name);
    if (!own.some(({ name, type: its }) => name === followed.name && its === type)) {
      const allowed = `requestRate, or a ${type} of the service's own metrics: ${names.join(', ') || 'there is none'}`;
      add(['scaling', 'metric'], followed.name, allowed, 'add it to metrics, or choose one of these');
    }
  }
  const callees = declared.calls.map((each) => each.contract.name);
  for (const [index, callee] of callees.entries()) {
    if (callee === declared.contract.name) add(['calls', index], callee, 'another service', 'call the function itself');
    if (callees.indexOf(callee) !== index) add(['calls', index], callee, 'each service once', 'delete it here');
  }
  if ('idle' in scaled && scaled.idle && declared.contract.coldStart === undefined) {
    const fix = 'add coldStart to the contract, or delete idle: whoever calls it must know that it may have to wait';
    add(['scaling', 'idle'], scaled.idle, 'no idle, as its contract has no coldStart', fix);
  }
  for (const [index, { contract: callee, waits }] of declared.calls.entries()) {
    const at = ['calls', index, 'waits'];
    if (callee.coldStart !== undefined && !waits)
      add(at, waits, `true, as ${callee.name} may have no pods`, `write callTo(${callee.name}, { waits: true })`);
    if (callee.coldStart === undefined && waits)
      add(at, waits, `false, as ${callee.name} always has pods`, `delete it, or give ${callee.name} a coldStart`);
  }
  const { request } = declared.lifecycle;
  const below = declared.slo?.latency?.below;
  if (below !== undefined && toMilliseconds(below) > toMilliseconds(request)) {
    const fix = 'lower it, or raise request: an answer that takes longer is 503';
    add(['slo', 'latency', 'below'], below, `at most lifecycle.request, which is ${request}`, fix);
  }
  for (const { name, got, allowed, fix } of vainThresholds(declared.alerts, {
    ...declared,
    name: declared.contract.name,
  }))
    add(['alerts', name], got, allowed, fix);
  const limits = [
    ...declared.calls.map((each, index) => ({ path: ['calls', index], ...each })),
    ...Object.entries(declared.outside).map(([name, each]) => ({ path: ['outside', name], ...each })),
  ];
  for (const each of limits) {
    if (toMilliseconds(each.timeout) > toMilliseconds(request)) {
      add(
        [...each.path, 'timeout'],
        each.timeout,
        `at most lifecycle.request, which is ${request}`,
        'lower it or raise request: whoever asked has had an answer by then',
      );
    }
  }
  for (const [index, { contract: callee, timeout: answered, waits }] of declared.calls.entries()) {
    if (!waits || callee.coldStart === undefined) continue;
    const left = toMilliseconds(request) - toMilliseconds(callee.coldStart);
    // A time-out that is too long by itself has been told.
    if (toMilliseconds(answered) <= left || toMilliseconds(answered) > toMilliseconds(request)) continue;
    add(
      ['calls', index, 'timeout'],
      answered,
      `at most ${Math.max(0, left)}ms: it and the coldStart of ${callee.name}, which is ${callee.coldStart}, are at most lifecycle.request, which is ${request}`,
      'raise request, or lower one of the two: whoever asked has had an answer by then',
    );
  }
});

type Checked = z.output<typeof service>;
type Given = z.input<typeof service>;

/** What a service says about a service it calls. */
export interface Call<Callee extends Contract = Contract> {
  readonly contract: Callee;
  readonly timeout: Duration;
  readonly retries: number;
  /** Whether it waits while the other starts. */
  readonly waits: boolean;
}

/** A declared call with other limits than the defaults. */
export function callTo<const Callee extends Contract, const Options extends Partial<Omit<Call, 'contract'>>>(
  callee: Callee,
  options: Options & Only<Options, Call>,
) {
  return { contract: callee, ...(options as Options) };
}

type OutsideApi = z.output<typeof outsideApi>;

type UsesGiven = NonNullable<Given['uses']>;
type CallGiven = Contract | (Partial<Call> & { contract: Contract });
/** The text is what the compiler says of a call that does not wait, where it knows that the other may have no pods. The check of the values knows it always. */
type Waiting<C> = C extends { waits: true }
  ? unknown
  : CalleeOf<C> extends { name: infer Name extends string; coldStart: Duration }
    ? `${Name} may have no pods: write callTo(${Name}, { waits: true })`
    : unknown;

/** The same of what is idle without a cold start. */
type Awake<C, S> = C extends { coldStart: undefined }
  ? S extends { idle: object }
    ? { idle: 'a service may be idle only with a coldStart in its contract' }
    : unknown
  : unknown;

type CalleeOf<C> = C extends { contract: infer Callee extends Contract } ? Callee : C;

/** One service: all that its running app and its manifests must agree on. */
export interface Service<
  C extends Contract = Contract,
  Callee extends Contract = Contract,
  Outside extends string = string,
  Env = Variables,
  M = Metrics,
  U extends UsesGiven = UsesGiven,
> extends Omit<Checked, 'contract' | 'calls' | 'outside' | 'env' | 'metrics' | 'uses'> {
  readonly name: C['name'];
  readonly contract: C;
  readonly calls: readonly Call<Callee>[];
  readonly outside: Readonly<Record<Outside, OutsideApi>>;
  readonly env: { readonly [Name in keyof Env]: Variable & Env[Name] };
  readonly metrics: M;
  readonly uses: Uses & { readonly [Kind in keyof U]: unknown };
}

interface ServiceProps<C, Calls, Outside, Env, M, U, S>
  extends Omit<Given, 'contract' | 'calls' | 'outside' | 'env' | 'metrics' | 'uses' | 'scaling'> {
  contract: C;
  calls?: Calls & { [Index in keyof Calls]: Waiting<Calls[Index]> };
  scaling: S & Awake<C, S>;
  outside?: Outside;
  env?: Env;
  metrics?: M;
  uses?: U;
}

/** The mark of what defineService returned. A copy has it too: `{ ...service, calls: [] }` is how a test changes one. */
const madeHere = Symbol('defineService');

/** Whether it is what defineService returned: anything else has passed no check. */
export function isService(value: unknown): value is Service {
  return typeof value === 'object' && value !== null && madeHere in value;
}

/**
 * Declares a service.
 *
 * @throws DeclarationError with everything that is wrong with it, each by its path, such as `posts.scaling.max`
 */
export function defineService<
  const C extends Contract,
  const Calls extends readonly CallGiven[] = [],
  const Outside extends NonNullable<Given['outside']> = Record<never, never>,
  const Env extends NonNullable<Given['env']> = Record<never, never>,
  const M extends NonNullable<Given['metrics']> = Record<never, never>,
  const U extends UsesGiven = Record<never, never>,
  const S extends Given['scaling'] = Given['scaling'],
>(
  props: ServiceProps<C, Calls, Outside, Env, M, U, S>,
): Service<C, CalleeOf<Calls[number]>, Extract<keyof Outside, string>, Env, M, U> {
  const name = (props as Partial<typeof props> | undefined)?.contract?.name;
  const checked = check(service, props, rootOf(name, 'service'));
  return { ...checked, name, [madeHere]: true } as unknown as Service<
    C,
    CalleeOf<Calls[number]>,
    Extract<keyof Outside, string>,
    Env,
    M,
    U
  >;
}

/** The variable that carries where a called service or an API outside is: `BIRD_IMAGE_URL` for `bird-image`. */
export function urlVariable(peer: string): string {
  return `${upperSnake(peer)}_URL`;
}

/** The variable that carries how long to wait for a service that may have no pods: `MEDIA_COLD_START`. */
export function coldStartVariable(peer: string): string {
  return `${upperSnake(peer)}_COLD_START`;
}

/** Every variable that a service's process reads: the kit's, where its peers and its stores are, and its own. */
export function variablesOf(declared: Service): Variables {
  const calls = declared.calls.map((each) => [urlVariable(each.contract.name), { type: 'url' as const }]);
  const waits = declared.calls
    .filter((each) => each.waits)
    // Elsewhere a service without pods is broken, and nobody waits for it.
    .map((each) => [coldStartVariable(each.contract.name), { type: 'duration' as const, default: '0s' }]);
  const outside = Object.entries(declared.outside).map(([name, api]) => [
    urlVariable(name),
    { type: 'url' as const, default: api.url },
  ]);
  const stores = storeVariables(declared.name, declared.uses);
  const port = { ...kitVariables.HTTP_PORT, default: declared.contract.port };
  return {
    ...kitVariables,
    HTTP_PORT: port,
    ...Object.fromEntries([...calls, ...waits, ...outside]),
    ...stores,
    ...declared.env,
  };
}

/** What defineService checks by, for what describes declarations. */
export { service as serviceSchema };
