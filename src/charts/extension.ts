import type { Chart } from 'cdk8s';
import type { Environment } from '../model/index.ts';
import type { Workload } from './constructs/workload.ts';

/** What an extension may work with. */
export interface ExtensionContext {
  /** The chart of the service's objects: what is added to it is rendered with them. */
  readonly chart: Chart;
  /** The service's ServiceAccount, Deployment and Service: change them with `addJsonPatch`. */
  readonly workload: Workload;
  readonly environment: Environment;
}

/**
 * What one service needs beyond what its declaration can say. It stands in `src/charts/extensions/<service>.ts` and is found by that name. Not async: the
 * chart is rendered as soon as it returns.
 */
export type Extension = (context: ExtensionContext) => undefined;

/** Types an extension; use it as the file's default export. */
export function defineExtension(extension: Extension): Extension {
  return extension;
}
