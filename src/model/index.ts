export * from './background-metrics.ts';
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
export * from './database-metrics.ts';
export { check, DeclarationError, type Problem, type Rule, show } from './declaration-error.ts';
export { type Duration, toMilliseconds, toSeconds } from './duration.ts';
export {
  boolean,
  integer,
  isRequired,
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
export * from './http-metrics.ts';
export * from './key-value-metrics.ts';
export { gracePeriodSeconds, type Lifecycle } from './lifecycle.ts';
export { counter, gauge, histogram, type LabelsOf, type Metric, type Metrics } from './metric.ts';
export { shownUrl } from './names.ts';
export * from './object-store-metrics.ts';
export type { Pods } from './pods.ts';
export { quantityValue } from './quantity.ts';
export { cpu, fixed, type Scaling } from './scaling.ts';
export {
  type Call,
  callTo,
  defineService,
  kitVariables,
  type Resources,
  type Service,
  serviceSchema,
  urlVariable,
  variablesOf,
} from './service.ts';
export { outsideBuckets, outsideStore, runObjectStore, runPostgres, runRedis, type Stores } from './stores.ts';
export * from './system.ts';
export { objectStore, postgres, redis, type StoreKind, storeSecret, storeSecretKeys, type Uses } from './uses.ts';
