import { loadSystems } from '../charts/load-systems.ts';
import type { Environment, System } from '../model/index.ts';
import { unknownValue } from './run-command.ts';

/** A system and an environment by their names, as commands are called with them. @throws CommandError with those there are */
export async function findSystem(
  name: string,
  environmentName: string,
): Promise<{ system: System; environment: Environment }> {
  const { systems, environments } = await loadSystems();
  const system = systems.find((each) => each.name === name);
  if (!system) {
    const names = systems.map((each) => each.name);
    throw unknownValue('system', name, names, 'name one of these, or add it to src/systems/index.ts');
  }
  const environment = Object.values(environments).find((each) => each.name === environmentName);
  if (!environment) throw unknownValue('environment', environmentName, Object.keys(environments), 'name one of these');
  return { system, environment };
}
