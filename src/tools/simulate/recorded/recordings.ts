import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Recording, recording } from './recording.ts';

/** All recordings beside this file, in the order of their names. */
export function recordings(): readonly (readonly [name: string, recorded: Recording])[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'));
  return files
    .sort()
    .map((file) => [
      basename(file, '.json'),
      recording.parse(JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'))),
    ]);
}
