import { DeclarationError, type Environment, type Problem, type System } from '../model/index.ts';
import { addonValues } from './addons/addon-values.ts';
import type { HelmValues } from './addons/helm-values.ts';
import { alertmanagerConfiguration } from './observability/routing/alertmanager-configuration.ts';
import { otherFolders } from './output.ts';
import { place } from './placement.ts';
import { type PlatformProps, renderPlatform } from './platform.ts';
import type { RenderedChart } from './rendered-chart.ts';

export interface RenderedEnvironment {
  readonly environment: Environment;
  readonly charts: readonly RenderedChart[];
  /** What the Helm releases of add-ons are told. */
  readonly values: readonly HelmValues[];
  /** The whole configuration of the cluster's Alertmanager. @default - others say what it is told */
  readonly alertmanager?: object;
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
      refuseOtherFolder(environment);
      const charts = renderPlatform({ ...props, environment });
      const values = addonValues(environment, place(environment, props.systems));
      return [{ environment, charts, values, ...alertmanagerOf(environment, props.systems) }];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      for (const problem of error.problems) problems.set(JSON.stringify(problem), problem);
      return [];
    }
  });
  if (problems.size > 0) throw new DeclarationError([...problems.values()]);
  return rendered;
}

function alertmanagerOf(environment: Environment, systems: readonly System[]) {
  const { name, alerting } = environment;
  if (alerting?.kind !== 'secret') return {};
  const watched = systems.map((system) => ({ name: system.name, services: system.services.map((each) => each.name) }));
  return { alertmanager: alertmanagerConfiguration({ alerting, environment: name, systems: watched }) };
}

/** Its folder would be one of another environment, of what is not for kubectl. */
function refuseOtherFolder({ name }: Environment): void {
  const others: readonly string[] = Object.values(otherFolders);
  if (!others.includes(name)) return;
  const allowed = `a name other than ${others.join(' and ')}, which are the folders of what is not for kubectl`;
  throw new DeclarationError([{ path: `${name}.name`, got: name, allowed, fix: 'choose another' }]);
}
