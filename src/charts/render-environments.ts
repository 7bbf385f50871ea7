import { DeclarationError, type Environment, type Problem } from '../model/index.ts';
import { type PlatformProps, renderPlatform } from './platform.ts';
import type { RenderedChart } from './rendered-chart.ts';

export interface RenderedEnvironment {
  readonly environment: Environment;
  readonly charts: readonly RenderedChart[];
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
      return [{ environment, charts: renderPlatform({ ...props, environment }) }];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      for (const problem of error.problems) problems.set(JSON.stringify(problem), problem);
      return [];
    }
  });
  if (problems.size > 0) throw new DeclarationError([...problems.values()]);
  return rendered;
}
