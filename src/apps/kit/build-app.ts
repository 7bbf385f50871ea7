import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import type { DestinationStream } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { quantityValue, type Service, toMilliseconds } from '../../model/index.ts';
import type { App, Kit } from './app.ts';
import { createClients } from './clients.ts';
import { type Config, type Environment, readConfig } from './config.ts';
import { contractRoutes, methodsByPath } from './contract-routes.ts';
import { createHttpServer } from './http-server.ts';
import { createLog, type Logger } from './log.ts';
import { createMetricsServer } from './metrics-server.ts';
import { serveOpenapi } from './openapi.ts';
import { ownMetrics } from './own-metrics.ts';
import { serveProbes } from './probes.ts';
import { Readiness } from './readiness.ts';
import { recordRequests } from './request-record.ts';
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
  const log = createLog({
    service: service.name,
    version,
    level,
    secrets: settings.secrets,
    ...(options.logTo && { to: options.logTo }),
  });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const readiness = new Readiness(log);
  const clients = createClients(service, settings, registry);
  const metricsServer = createMetricsServer(registry);
  const server = createHttpServer({
    log,
    lifecycle: service.lifecycle,
    bodyLimit: quantityValue(service.bodyLimit),
    methodsOf: methodsByPath(service.contract),
  });
  const closers: (() => unknown)[] = [() => metricsServer.close(), () => clients.close()];
  const shutdown = createShutdown({
    server,
    readiness,
    lifecycle: service.lifecycle,
    log,
    after: () => closeAll(closers, log),
  });
  recordRequests(server, { service: service.name, registry, log });
  await serveOpenapi(server, service, version);
  serveProbes(server, readiness);
  const kit: Omit<Kit<S>, 'server'> = {
    config: settings.config,
    log,
    metrics: ownMetrics<S['metrics']>(service.metrics, registry),
    client: clients.client,
    outside: clients.outside,
    ready: readiness,
    onClose: (close) => void closers.push(close),
  };
  // In a scope of its own, so that shedding spares the probes: a pod that is killed for being busy leaves its load to the others.
  server.register(async (scope) => {
    await scope.register(underPressure, {
      maxEventLoopDelay: toMilliseconds(service.shedAbove),
      sampleInterval: pressureInterval,
      retryAfter: 2,
    });
    contractRoutes(scope, service.contract, await app.setup({ ...kit, server: scope }));
  });
  try {
    await Promise.all([server.ready(), metricsServer.ready()]);
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
      await metricsServer.listen({ host, port: METRICS_PORT });
      await server.listen({ host, port: HTTP_PORT });
    },
  };
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
