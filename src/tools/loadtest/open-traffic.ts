import { existsSync } from 'node:fs';
import { CommandError } from '../run-command.ts';
import { defaultTraffic } from './default-traffic.ts';
import type { OpenTraffic, Traffic, TrafficProps, TrafficRoute } from './traffic.ts';

interface OpenTrafficProps extends TrafficProps {
  /** Whose routes are asked. @default - those of all */
  readonly services: readonly string[];
}

/**
 * The traffic of a system, or of some of its services, made ready: what `traffic/<system>.ts` says, else what anybody may ask.
 *
 * @throws CommandError where a service has none
 */
export async function openTraffic({ services, ...props }: OpenTrafficProps): Promise<Traffic> {
  const { system } = props;
  const file = `traffic/${system.name}.ts`;
  if (!existsSync(new URL(file, import.meta.url))) {
    const routes = ofServices(defaultTraffic(system), services, `write src/tools/loadtest/${file}`);
    return { routes, [Symbol.asyncDispose]: async () => {} };
  }
  const { default: open }: { default: OpenTraffic } = await import(`./traffic/${system.name}.ts`);
  const traffic = await open(props);
  try {
    const routes = ofServices(traffic.routes, services, `add a route of it to src/tools/loadtest/${file}`);
    return { routes, [Symbol.asyncDispose]: () => traffic[Symbol.asyncDispose]() };
  } catch (error) {
    await traffic[Symbol.asyncDispose]();
    throw error;
  }
}

function ofServices(routes: readonly TrafficRoute[], services: readonly string[], fix: string): TrafficRoute[] {
  const chosen = routes.filter(({ service }) => services.length === 0 || services.includes(service));
  const without = services.find((name) => !chosen.some(({ service }) => service === name));
  if (chosen.length > 0 && without === undefined) return chosen;
  const known = [...new Set(routes.map(({ service }) => service))];
  throw new CommandError(
    `--service: got ${without ?? 'none'}, which has no route that a load test knows to ask; allowed: ${known.join(' | ') || 'none of this system'}; fix: ${fix}`,
    2,
  );
}
