import { DeclarationError, type Environment, type Problem } from '../model/index.ts';
import { addonValues } from './addons/addon-values.ts';
import type { HelmValues } from './addons/helm-values.ts';
import { valuesFolder } from './output.ts';
import { place } from './placement.ts';
import { type PlatformProps, renderPlatform } from './platform.ts';
import type { RenderedChart } from './rendered-chart.ts';

export interface RenderedEnvironment {
  readonly environment: Environment;
  readonly charts: readonly RenderedChart[];
  /** What the Helm releases of add-ons are told. */
  readonly values: readonly HelmValues[];
}

/**
 * The systems in each of several environments.
 *
 * @throws DeclarationError with what is wrong in any of them, and once what is wrong in all of them
 */
export function renderEnvironments(
  environments: readonly Environment[],
  props: Omit<PlatformProps, 'environment'>,
): RenderedEnvironment[] {
  const problems = new Map<string, Problem>();
  const rendered = environments.flatMap((environment): RenderedEnvironment[] => {
    try {
      refuseFolderOfValues(environment);
      const charts = renderPlatform({ ...props, environment });
      return [{ environment, charts, values: addonValues(environment, place(environment, props.systems)) }];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      for (const problem of error.problems) problems.set(JSON.stringify(problem), problem);
      return [];
    }
  });
  if (problems.size > 0) throw new DeclarationError([...problems.values()]);
  return rendered;
}

/** Its folder would be the one of the values of another environment. */
function refuseFolderOfValues({ name }: Environment): void {
  if (name !== valuesFolder) return;
  const allowed = `a name other than ${valuesFolder}, which is the folder of what Helm releases are told`;
  throw new DeclarationError([{ path: `${name}.name`, got: name, allowed, fix: 'choose another' }]);
}
