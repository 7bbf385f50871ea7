import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where an app's process starts. */
export function entryOf(app: string): string {
  return `${root}src/apps/${app}/main.ts`;
}

/** Every app that can run as a process, by name. */
export function appNames(): string[] {
  return readdirSync(`${root}src/apps`)
    .filter((name) => existsSync(entryOf(name)))
    .sort();
}
