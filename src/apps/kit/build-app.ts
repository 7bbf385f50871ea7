import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import type { DestinationStream } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { quantityValue, type Service, toMilliseconds } from '../../model/index.ts';
import { type Authenticator, createAuthenticator, type TokenRules } from './access-token.ts';
import type { App, Kit } from './app.ts';
import { Background } from './background.ts';
import { Caches } from './caches.ts';
import { createClients } from './clients.ts';
import { ColdStarts, type SleeperProps } from './cold-starts.ts';
import { type Config, type Environment, readConfig } from './config.ts';
import { contractRoutes, methodsByPath } from './contract-routes.ts';
import { createHttpServer } from './http-server.ts';
import { createLog, createRequestLog, type Logger } from './log.ts';
import { LogLevelSwitch, serveLogLevel } from './log-level.ts';
import { createMetricsServer } from './metrics-server.ts';
import { openStores } from './open-stores.ts';
import { openTracing } from './open-tracing.ts';
import { serveOpenapi } from './openapi.ts';
import { ownMetrics } from './own-metrics.ts';
import { serveProbes } from './probes.ts';
import { HttpError } from './problem.ts';
import { Readiness } from './readiness.ts';
import { recordRequests } from './request-record.ts';
import { RequestSample } from './request-sample.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';

/** An app in memory. It answers `inject` at once, and the network after `listen`. */
export interface BuiltApp<S extends Service = Service> extends Shutdown {
  readonly service: S;
  readonly config: Config<S>;
  readonly server: FastifyInstance;
  readonly metricsServer: FastifyInstance;
  readonly registry: Registry;
  readonly log: Logger;
  /** Opens both ports. */
  listen(): Promise<void>;
}

/** How often the event loop's delay is looked at: soon enough to shed the requests of a burst, in milliseconds. */
const pressureInterval = 250;

/**
 * Makes a service run as it is declared: reads its environment, registers its routes and metrics, prepares its end. Does not listen.
 *
 * @param options.logTo where log lines go. @default - standard output
 * @throws ConfigError with every environment variable that is missing or wrong
 */
export async function buildApp<S extends Service>(
  app: App<S>,
  options: { readonly env: Environment; readonly logTo?: DestinationStream },
): Promise<BuiltApp<S>> {
  const { service } = app;
  const settings = readConfig(service, options.env);
  const { HTTP_HOST: host, HTTP_PORT, METRICS_PORT, LOG_LEVEL: level, SERVICE_VERSION: version } = settings.config;
  const logProps = { service: service.name, version, ...(options.logTo && { to: options.logTo }) };
  const log = createLog({ ...logProps, level, secrets: settings.secrets });
  const tracing = await openTracing({ service: service.name, config: settings.config, log });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const readiness = new Readiness(log);
  const userAgent = `${service.name}/${version}`;
  const coldStarts = new ColdStarts({ service: service.name, userAgent, registry, log });
  const clients = createClients({ service, settings, registry, coldStarts, userAgent });
  const metricsServer = createMetricsServer(registry);
  serveLogLevel(metricsServer, new LogLevelSwitch(log));
  const server = createHttpServer({
    log,
    tracing,
    lifecycle: service.lifecycle,
    bodyLimit: quantityValue(service.bodyLimit),
    methodsOf: methodsByPath(service.contract),
  });
  const closers: (() => unknown)[] = [() => tracing?.close(), () => metricsServer.close(), () => clients.close()];
  const shutdown = createShutdown({
    server,
    readiness,
    lifecycle: service.lifecycle,
    log,
    after: () => closeAll(closers, log),
  });
  const caches = new Caches({ service: service.name, registry });
  const background = new Background({ service: service.name, registry, log });
  const stores = await openStores({
    service,
    settings,
    migrations: app.migrations,
    registry,
    log,
    readiness,
    background,
  });
  // Closed after the work that uses them, which is added later and so ended first.
  closers.push(
    () => stores.close(),
    () => background.stop(),
    // Before what is waited for here: work may be in the middle of a call that waits.
    () => coldStarts.close(),
  );
  let rules: TokenRules | undefined;
  recordRequests(server, {
    service,
    registry,
    log,
    requestLog: createRequestLog(logProps),
    sample: new RequestSample({
      share: settings.config.LOG_REQUESTS,
      traced: tracing ? settings.config.OTEL_TRACES_SAMPLER_ARG : 0,
      slow: toMilliseconds(service.slo?.latency?.below ?? '1s') / 1_000,
    }),
  });
  await serveOpenapi(server, service, version);
  serveProbes(server, readiness);
  const kit = {
    config: settings.config,
    log,
    metrics: ownMetrics<S['metrics']>(service.metrics, registry),
    client: clients.client,
    outside: clients.outside,
    coldStart: (sleeper: SleeperProps) => coldStarts.of(sleeper),
    cache: (name: string) => caches.of(name),
    ready: readiness,
    ...stores.given,
    every: background.every.bind(background),
    authenticate: (given: TokenRules) => {
      rules = given;
    },
    onClose: (close: () => unknown) => void closers.push(close),
  };
  // What a start holds up is no load: two looks at the delay pass before one counts.
  let shedsFrom = Number.POSITIVE_INFINITY;
  // In a scope of its own, so that shedding spares the probes: a pod that is killed for being busy leaves its load to the others.
  server.register(async (scope) => {
    await scope.register(underPressure, {
      maxEventLoopDelay: toMilliseconds(service.shedAbove),
      sampleInterval: pressureInterval,
      pressureHandler: async (_request: unknown, _reply: unknown, _type: string, delay: number | undefined) => {
        if (performance.now() >= shedsFrom) shed(delay);
      },
    });
    // What is left out of `uses` is left out here, which only the type of the service's own kit knows.
    const handlers = await app.setup({ ...kit, server: scope } as unknown as Kit<S>);
    const authenticate = authenticatorOf(service, rules);
    contractRoutes(scope, service.contract, handlers, authenticate);
    const closing = new AbortController();
    scope.addHook('onListen', async () => void authenticate.prepare(closing.signal));
    scope.addHook('preClose', async () => closing.abort());
  });
  try {
    await Promise.all([server.ready(), metricsServer.ready()]);
    shedsFrom = performance.now() + 2 * pressureInterval;
  } catch (error) {
    await shutdown.close();
    throw error;
  }
  return {
    service,
    config: settings.config,
    server,
    metricsServer,
    registry,
    log,
    ...shutdown,
    async listen() {
      background.start();
      await metricsServer.listen({ host, port: METRICS_PORT });
      await server.listen({ host, port: HTTP_PORT });
    },
  };
}

/** Sheds a request. An endless delay is no measurement but the lack of one. */
function shed(delay: number | undefined): void {
  if (delay === Number.POSITIVE_INFINITY) return;
  throw new HttpError(503, 'overloaded', 'Too many requests at once; try again later', { retryAfter: 2 });
}

/** @throws Error if a route needs to know who asks and nothing says how */
function authenticatorOf({ name, contract }: Service, rules: TokenRules | undefined): Authenticator {
  if (rules) return createAuthenticator(rules);
  const needy = Object.keys(contract.routes).filter((operation) => contract.routes[operation]?.user);
  if (needy.length > 0) {
    throw new Error(
      `${name}: ${needy.join(', ')} need a user, and nothing says whose tokens count: call kit.authenticate in setup`,
    );
  }
  const nobody = () => Promise.reject(new Error(`${name} authenticates nobody`));
  return Object.assign(nobody, { prepare: async () => {} });
}

/** Closes the last first. One that fails must not keep the others open. */
async function closeAll(closers: readonly (() => unknown)[], log: Logger): Promise<void> {
  for (const close of closers.toReversed()) {
    try {
      await close();
    } catch (err) {
      log.error({ err }, 'closing failed');
    }
  }
}
