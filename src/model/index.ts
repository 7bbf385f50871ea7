export * from './activator.ts';
export {
  type Alerting,
  type AlertReceiver,
  alertmanagerConfig,
  alertmanagerSecret,
  receiverOf,
  type SecretValue,
} from './alerting.ts';
export * from './alerts.ts';
export * from './background-metrics.ts';
export { type Backups, backupSecret, backupVariables, keepBackups, outsideBucket } from './backups.ts';
export * from './cache-metrics.ts';
export {
  type Contract,
  contractSchema,
  defineContract,
  del,
  exposedRoutes,
  get,
  kitPaths,
  metricsPort,
  patch,
  post,
  put,
  type Route,
  type RouteCall,
  type RouteReply,
  type RouteRequest,
  type RouteResult,
} from './contract.ts';
export { longestPause, nextRun, shifted } from './cron.ts';
export * from './database-metrics.ts';
export { check, DeclarationError, type Problem, type Rule, show } from './declaration-error.ts';
export { type Duration, toMilliseconds, toSeconds } from './duration.ts';
export {
  boolean,
  integer,
  isRequired,
  number,
  oneOf,
  parseVariable,
  secret,
  text,
  time,
  url,
  type Values,
  type Variable,
  type Variables,
} from './env.ts';
export * from './environment.ts';
export { type FileOptions, file, fileOptions } from './file.ts';
export { type NginxGateway, nginx } from './gateway.ts';
export * from './http-metrics.ts';
export * from './idle-services.ts';
export * from './key-value-metrics.ts';
export { gracePeriodSeconds, type Lifecycle } from './lifecycle.ts';
export * from './log-line.ts';
export { isRequestRate, type Measure, rateOf, requestRate, sumOf } from './measure.ts';
export { counter, gauge, histogram, type LabelsOf, type Metric, type Metrics } from './metric.ts';
export { shownUrl } from './names.ts';
export * from './object-store-metrics.ts';
export type { Pods } from './pods.ts';
export { quantityValue } from './quantity.ts';
export type { Quota } from './quotas.ts';
export type { Resources } from './resources.ts';
export {
  cpu,
  custom,
  endAfter,
  fallbackPods,
  fixed,
  idleAfter,
  podLimits,
  podsAfter,
  podsFor,
  pollingSeconds,
  requests,
  type Scaling,
  type ScalingOf,
  scaling,
  scrapeSeconds,
  steps,
} from './scaling.ts';
export type { ScalingBehavior, ScalingPolicy } from './scaling-behavior.ts';
export {
  type Call,
  callTo,
  coldStartVariable,
  defineService,
  kitVariables,
  type Service,
  serviceSchema,
  urlVariable,
  variablesOf,
} from './service.ts';
export { requestDurationWith, routesOfSlo, type Slo } from './slo.ts';
export { type SloOverride, sloWith } from './slo-override.ts';
export {
  cloudNativePg,
  outsideBuckets,
  outsideStore,
  runObjectStore,
  runPostgres,
  runRedis,
  type Stores,
} from './stores.ts';
export * from './system.ts';
export { objectStore, postgres, redis, type StoreKind, storeSecret, storeSecretKeys, type Uses } from './uses.ts';
