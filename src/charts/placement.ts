import {
  coldStartVariable,
  DeclarationError,
  type Environment,
  hasGateway,
  isExposed,
  isRequired,
  kitVariables,
  mayBeIdle,
  type OutsidePlace,
  type Override,
  type Problem,
  parseVariable,
  podLimits,
  requestDurationWith,
  type Scaling,
  type Service,
  type ServiceThresholds,
  type SloOverride,
  type StoreKind,
  type Stores,
  type System,
  scalingIn,
  shownUrl,
  sloWith,
  thresholdsOf,
  toSeconds,
  urlVariable,
  vainThresholds,
  variablesOf,
  wakersOf,
} from '../model/index.ts';
import { databaseAddress, databaseAuthority } from './cloud-native-pg.ts';
import { inClusterStores, selector } from './identity.ts';

/** A service in a system in an environment: its declaration with everything resolved that the environment decides. */
export interface Placement {
  readonly service: Service;
  readonly system: System;
  readonly environment: Environment;
  /** How it scales here. */
  readonly scaling: Scaling;
  /** When somebody is told of it here. */
  readonly thresholds: ServiceThresholds;
  /** Where it may have no pods here, who says how many requests wait for it; nobody where it always has some. */
  readonly wokenBy: readonly string[];
  /** Whether it calls a service that may have no pods here. */
  readonly waits: boolean;
  /** What its process is told: literals, and references to Secret keys. */
  readonly variables: readonly PlacedVariable[];
  /** Where each API outside is, here. */
  readonly outside: readonly OutsidePlace[];
  /** Where each store that it uses is, here. */
  readonly stores: readonly StorePlace[];
  /** By what it knows its stores: certificates of authorities that are the cluster's own. */
  readonly authorities: readonly PlacedAuthority[];
}

/** Pods of the system itself, or what the environment says of a store that somebody else runs. */
export type StorePlace =
  | {
      readonly kind: StoreKind;
      readonly inCluster: true;
      /** The labels of the pods that answer, in the system's namespace. */
      readonly labels: Readonly<Record<string, string>>;
      readonly port: number;
    }
  | { readonly kind: StoreKind; readonly inCluster: false; readonly at: OutsideStorePlace };

/** Pods of the cluster, or networks. */
export type OutsideStorePlace = Extract<NonNullable<Stores['database']>, { kind: 'outside' }>['at'];

/** The certificate of an authority: the key of a Secret, and the folder in which it is a file of that name. */
export interface PlacedAuthority {
  readonly secret: string;
  readonly key: string;
  readonly folder: string;
}

export type PlacedVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly secret: string; readonly key: string; readonly optional: boolean };

/** The kit's variables that an environment may set; the others follow from the declaration, and a second source could only contradict it. */
const settable = ['LOG_LEVEL', 'LOG_REQUESTS'];

/**
 * Puts every service of every system into an environment.
 *
 * @throws DeclarationError with every override that names nothing, every value that its variable would refuse and every variable that has no value
 */
export function place(environment: Environment, systems: readonly System[]): Placement[] {
  const problems = unknownOverrides(environment, systems);
  const placements = systems.flatMap((system) =>
    system.services.map((service) => {
      const override = environment.overrides[system.name]?.[service.name];
      return placeService(environment, system, service, override ?? { env: {}, outside: {} }, problems);
    }),
  );
  if (problems.length > 0) throw new DeclarationError(problems);
  return placements;
}

/** The pods that a service has at most, apart from those of a rollout. */
export function podsAtMost({ scaling }: Pick<Placement, 'scaling'>): number {
  return podLimits(scaling).max;
}

/** The connections to its database that a service has at most, apart from those of a rollout. */
export function connectionsAtMost(placement: Pick<Placement, 'service' | 'scaling'>): number {
  return podsAtMost(placement) * (placement.service.uses.database?.connections ?? 0);
}

/** The connections that the role of a service may have: in a roll-out each pod may meet its successor, one more is for whoever looks at it, and two for a backup and a restore. */
export function connectionsOfRole(placement: Pick<Placement, 'service' | 'scaling' | 'environment'>): number {
  return 2 * connectionsAtMost(placement) + (isBackedUp(placement) ? 3 : 1);
}

/** Whether its database is backed up by a CronJob: not where whoever runs the database does that. */
export function isBackedUp({ service, environment }: Pick<Placement, 'service' | 'environment'>): boolean {
  const kind = environment.stores.database?.kind;
  return (
    environment.backups !== undefined &&
    service.uses.database !== undefined &&
    (kind === 'postgres' || kind === 'outside')
  );
}

function unknownOverrides(environment: Environment, systems: readonly System[]): Problem[] {
  const overrides = Object.entries(environment.overrides);
  return overrides.flatMap(([systemName, services]) => {
    const path = `${environment.name}.overrides.${systemName}`;
    const system = systems.find((each) => each.name === systemName);
    if (!system) return [unknown(path, systemName, systems)];
    return Object.keys(services)
      .filter((name) => !system.services.some((each) => each.name === name))
      .map((name) => unknown(`${path}.${name}`, name, system.services));
  });
}

function unknown(path: string, got: string, known: readonly { name: string }[]): Problem {
  return { path, got, allowed: known.map((each) => each.name).join(' | '), fix: 'correct the name, or delete it' };
}

function placeService(
  environment: Environment,
  system: System,
  service: Service,
  override: Override,
  problems: Problem[],
): Placement {
  const path = `${environment.name}.overrides.${system.name}.${service.name}`;
  const report = (at: string, got: unknown, allowed: string, fix: string) =>
    problems.push({ path: `${path}.${at}`, got, allowed, fix });

  const outside = Object.entries(service.outside).map(([name, api]) => ({
    name,
    place: override.outside[name] ?? api.url,
  }));
  for (const name of Object.keys(override.outside)) {
    if (!service.outside[name])
      report(
        `outside.${name}`,
        name,
        Object.keys(service.outside).join(' | ') || 'nothing',
        'correct the name, or delete it',
      );
  }
  for (const { name, place: where } of outside) {
    const host = new URL(typeof where === 'string' ? where : where.url).hostname;
    if (/^(127|169\.254)\./.test(host)) {
      report(
        `outside.${name}`,
        where,
        "an address that is not the pod's, the node's or the cloud's own",
        'name the host of the API',
      );
    } else if (typeof where === 'string' && isClusterHost(host)) {
      report(
        `outside.${name}`,
        where,
        'a host on the internet, or { url, pods }',
        'name the pods that answer there: the NetworkPolicy cannot tell them from a URL',
      );
    }
  }

  const scaling = scalingIn(environment, system, service);
  const isIdle = mayBeIdle(environment, system, service);
  const wokenBy = isIdle ? wakersOf(environment, system, service) : [];
  if (isIdle) {
    for (const problem of idleProblems(environment, system, service, wokenBy)) {
      problems.push({
        path: `${override.scaling ? path : service.name}.scaling.idle`,
        got: 'idle' in scaling ? scaling.idle : undefined,
        ...problem,
      });
    }
  }
  const waitsFor = service.calls.flatMap(({ contract, waits }) => {
    const callee = system.services.find(({ name }) => name === contract.name);
    return waits && callee && mayBeIdle(environment, system, callee) ? [contract] : [];
  });

  const given = new Map<string, string>([
    ...waitsFor.map(({ name, coldStart = '0s' }) => [coldStartVariable(name), coldStart] as const),
    ...service.calls.map(
      ({ contract }) => [urlVariable(contract.name), `http://${contract.name}:${contract.port}`] as const,
    ),
    ...outside.map(
      ({ name, place: where }) => [urlVariable(name), typeof where === 'string' ? where : where.url] as const,
    ),
    ...objectsUrl(system, service, environment.stores.objects),
    ['SERVICE_VERSION', environment.images.tag],
    ...(environment.requestLogs < 1 ? [['LOG_REQUESTS', String(environment.requestLogs)] as const] : []),
    ...tracingVariables(environment, system),
  ]);
  const declared = variablesOf(service);
  for (const [name, value] of Object.entries(override.env)) {
    const variable = declared[name];
    const own = Object.keys(service.env);
    if (!variable || !(own.includes(name) || settable.includes(name))) {
      report(`env.${name}`, name, [...own, ...settable].join(' | '), 'correct the name, or delete it');
    } else if (variable.type === 'secret') {
      // The value itself is left out of the message: it may be the secret.
      report(
        `env.${name}`,
        '(hidden)',
        `no value: the key ${variable.key} of Secret ${variable.secret} holds it`,
        'delete it here and create the Secret in the cluster',
      );
    } else {
      const parsed = parseVariable(variable, String(value));
      if ('allowed' in parsed)
        report(`env.${name}`, variable.type === 'url' ? shownUrl(String(value)) : value, parsed.allowed, parsed.fix);
      given.set(name, String(value));
    }
  }

  for (const { name, ...problem } of vainThresholds(override.alerts ?? {}, service, scaling))
    report(`alerts.${name}`, problem.got, problem.allowed, problem.fix);
  for (const { at, got, allowed, fix } of sloProblems(service, override.slo)) report(at, got, allowed, fix);

  const stores = storePlaces(service, environment.stores);
  const keysOfCluster = stores.some(({ kind, inCluster }) => kind === 'objects' && inCluster) ? objectsKeys : [];
  const variables = Object.entries(declared).flatMap(([name, variable]): PlacedVariable[] => {
    if (variable.type === 'secret') {
      const optional = variable.optional && !keysOfCluster.includes(name);
      return [{ name, secret: variable.secret, key: variable.key, optional }];
    }
    const value = given.get(name);
    if (value !== undefined) return [{ name, value }];
    // Without a store there is another mistake to tell.
    if (isRequired(variable) && name !== objectsUrlVariable)
      report(
        `env.${name}`,
        undefined,
        `a value: ${service.name} needs it and has no default`,
        'set it here, or declare a default',
      );
    return [];
  });

  const { slo } = service;
  return {
    service: slo && override.slo ? { ...service, slo: sloWith(slo, override.slo) } : service,
    system,
    environment,
    scaling,
    thresholds: thresholdsOf(scaling, service.alerts, override.alerts ?? {}),
    wokenBy,
    waits: waitsFor.length > 0,
    variables,
    outside: outside.map((each) => each.place),
    stores,
    authorities:
      service.uses.database && environment.stores.database?.kind === 'cloudnative-pg' ? [databaseAuthority] : [],
  };
}

/** What of a service's promises an environment cannot change: nobody would count by it. */
function sloProblems({ name, slo, lifecycle }: Service, given: SloOverride | undefined) {
  if (!given) return [];
  const fix = 'declare it in the service itself, or delete it';
  if (!slo) return [{ at: 'slo', got: given, allowed: `nothing, as ${name} promises nothing`, fix }];
  if (!given.latency) return [];
  if (!slo.latency)
    return [{ at: 'slo.latency', got: given.latency, allowed: `nothing, as ${name} promises no latency`, fix }];
  const { below } = given.latency;
  const edges = requestDurationWith(slo).buckets.filter((edge) => edge <= toSeconds(lifecycle.request));
  if (below === undefined || edges.includes(toSeconds(below))) return [];
  return [
    {
      at: 'slo.latency.below',
      got: below,
      allowed: `an edge of its histogram: ${edges.map((edge) => `${Math.round(edge * 1_000)}ms`).join(', ')}`,
      fix: 'choose one of these, or promise it in the service itself: only that makes another edge',
    },
  ];
}

/**
 * What a process is told of tracing, in the words of OpenTelemetry.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
function tracingVariables({ name, tracing }: Environment, system: System): [string, string][] {
  if (!tracing) return [];
  return [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', tracing.endpoint],
    ['OTEL_TRACES_SAMPLER', kitVariables.OTEL_TRACES_SAMPLER.default],
    ['OTEL_TRACES_SAMPLER_ARG', String(tracing.sampled)],
    ['OTEL_RESOURCE_ATTRIBUTES', `service.namespace=${system.name},deployment.environment.name=${name}`],
  ];
}

/** What keeps a service here from waking, or those who ask it from waiting. */
function idleProblems(
  environment: Environment,
  system: System,
  service: Service,
  wokenBy: readonly string[],
): Omit<Problem, 'path' | 'got'>[] {
  const { name, contract } = service;
  return [
    ...(contract.coldStart === undefined
      ? [
          {
            allowed: `no idle, as the contract of ${name} has no coldStart`,
            fix: 'add it there, or delete idle: whoever calls it must know that it may have to wait',
          },
        ]
      : []),
    ...(isExposed(system, service) && !hasGateway(environment, system)
      ? [
          {
            allowed: `a gateway in front of ${name}, which waits for it: an Ingress, an HTTPRoute or a NodePort cannot`,
            fix: `add gateways: { ${system.name}: nginx() } to ${environment.name}, or delete idle`,
          },
        ]
      : wokenBy.length === 0
        ? [
            {
              allowed: `somebody who wakes ${name} and always has pods: a service that calls it, or a gateway in front of it`,
              fix: 'delete idle, or that of those who call it',
            },
          ]
        : []),
  ];
}

const objectsUrlVariable = 'OBJECTS_URL';
/** The workload identity that makes them optional is none of a store in the cluster. */
const objectsKeys = ['OBJECTS_ACCESS_KEY_ID', 'OBJECTS_SECRET_ACCESS_KEY'];

function objectsUrl(system: System, { name, uses }: Service, store: Stores['objects']): [string, string][] {
  if (!uses.objects || !store) return [];
  const { name: host, port } = inClusterStores.objects;
  const inCluster = `http://${host}:${port}/${name}?region=us-east-1`;
  const url = store.kind === 'outside' ? store.buckets[system.name]?.[name] : inCluster;
  return url === undefined ? [] : [[objectsUrlVariable, url]];
}

function storePlaces({ uses }: Service, stores: Stores): StorePlace[] {
  return (Object.keys(inClusterStores) as StoreKind[]).flatMap((kind): StorePlace[] => {
    const store = stores[kind];
    if (!uses[kind] || !store) return [];
    if (store.kind === 'outside') return [{ kind, inCluster: false, at: store.at }];
    const { name, port } = inClusterStores[kind];
    const labels = store.kind === 'cloudnative-pg' ? databaseAddress(store).labels : selector(name);
    return [{ kind, inCluster: true, labels, port }];
  });
}

/** Whether a host can only be one inside the cluster, which an egress rule for the internet does not reach. */
function isClusterHost(host: string): boolean {
  return host === 'localhost' || !host.includes('.') || host.endsWith('.svc') || host.endsWith('.cluster.local');
}
