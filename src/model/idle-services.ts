import { activator, type Sleeper } from './activator.ts';
import { kitPaths } from './contract.ts';
import { type Environment, hasGateway } from './environment.ts';
import { idleAfter, type Scaling } from './scaling.ts';
import type { Service } from './service.ts';
import type { System } from './system.ts';

/** How a service scales in an environment. */
export function scalingIn(environment: Environment, system: System, { name, scaling }: Service): Scaling {
  return environment.overrides[system.name]?.[name]?.scaling ?? scaling;
}

/** Whether a service may have no pods in an environment. */
export function mayBeIdle(environment: Environment, system: System, service: Service): boolean {
  return idleAfter(scalingIn(environment, system, service)) !== undefined;
}

/**
 * Who tells Prometheus how many wait for a service of the system, by what their metrics call them: those who call it and the gateway. Without who may be idle itself,
 * whose silence says nothing.
 */
export function wakersOf(environment: Environment, system: System, service: Service): readonly string[] {
  const callers = system.services
    .filter(({ calls }) => calls.some(({ contract, waits }) => waits && contract.name === service.name))
    .filter((caller) => !mayBeIdle(environment, system, caller));
  const isBehindGateway = hasGateway(environment, system) && isExposed(system, service);
  return [...callers.map(({ name }) => name), ...(isBehindGateway ? [activator.caller] : [])];
}

/** Whether an entrance leads to a service. */
export function isExposed({ entrances }: System, { name }: Service): boolean {
  return entrances.some(({ services }) => services.some((each) => each.name === name));
}

/** The services behind the gateway of a system that may have no pods in an environment. */
export function sleepersBehindGateway(environment: Environment, system: System): readonly Sleeper[] {
  return system.services
    .filter((service) => isExposed(system, service) && mayBeIdle(environment, system, service))
    .map(({ name, contract: { port, coldStart = '0s' } }) => ({
      name,
      readyUrl: `http://${name}:${port}${kitPaths.ready}`,
      coldStart,
    }));
}
