import type { Environment } from '../../model/index.ts';
import type { Placement } from '../placement.ts';
import type { HelmValues } from './helm-values.ts';
import { prometheusAdapter } from './prometheus-adapter.ts';

/** What the add-ons are told that services of an environment rely on. @param placements all of the environment's */
export function addonValues(environment: Environment, placements: readonly Placement[]): HelmValues[] {
  return [prometheusAdapter(environment, placements)].filter((each) => each !== undefined);
}
