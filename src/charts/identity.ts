import type { Environment, System } from '../model/index.ts';
import type { Placement } from './placement.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * What every object of a system is labelled with.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function systemLabels(system: System, environment: Environment): Labels {
  return {
    'app.kubernetes.io/part-of': system.name,
    'app.kubernetes.io/managed-by': 'trellis',
    'trellis.dev/environment': environment.name,
  };
}

/** What every object of a service is labelled with. */
export function serviceLabels({ service, system, environment }: Placement): Labels {
  return {
    ...selector(service.name),
    'app.kubernetes.io/instance': service.name,
    'app.kubernetes.io/component': 'service',
    'app.kubernetes.io/version': environment.images.tag,
    ...systemLabels(system, environment),
    'trellis.dev/owner': service.owner,
  };
}

/**
 * What selects a service's pods. A Deployment's selector can never be changed, so it is the one label that never does: no version, no owner, no
 * environment, and nothing that follows from where a construct stands in the code.
 */
export function selector(serviceName: string): Labels {
  return { 'app.kubernetes.io/name': serviceName };
}
