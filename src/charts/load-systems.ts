import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { activator, DeclarationError, type Problem, type System } from '../model/index.ts';

const apps = new URL('../apps/', import.meta.url);

/**
 * What `src/systems/index.ts` declares. Imported here and nowhere above, so that a mistake in a declaration is caught by who calls this, like every other.
 *
 * @throws DeclarationError with every service whose program is not in the folder of its name, by which images are built and processes started
 */
export async function loadSystems(): Promise<typeof import('../systems/index.ts')> {
  const loaded = await import('../systems/index.ts');
  const problems = await misplacedApps(loaded.systems, apps);
  if (problems.length > 0) throw new DeclarationError(problems);
  return loaded;
}

/** The services whose program is not in the folder of their name. @param folder what holds the folders, as `src/apps/` does */
export async function misplacedApps(systems: readonly System[], folder: URL): Promise<Problem[]> {
  const hasFile = (name: string, file: string) => existsSync(new URL(`${name}/${file}`, folder));
  const names = [...new Set(systems.flatMap((system) => system.services.map((service): string => service.name)))];
  const strays = (await readdir(folder))
    // The activator belongs to no system, but to gateways.
    .filter((name) => hasFile(name, 'service.ts') && !names.includes(name) && name !== activator.name)
    .map((name) => `src/apps/${name}`);
  return names
    .filter((name) => !hasFile(name, 'main.ts'))
    .map((name) => ({
      path: `src/apps/${name}/main.ts`,
      got: undefined,
      allowed: `the program of ${name}, in the folder of its contract's name`,
      fix:
        strays.length > 0
          ? `if it is ${strays.join(' or ')}, rename the folder or the contract so that both have one name; else write it`
          : 'write it, or correct the name in the contract',
    }));
}
