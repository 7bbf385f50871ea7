import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, DeclarationError, type Problem, scaling } from '../../model/index.ts';
import { CommandError } from '../run-command.ts';
import type { Candidate } from './alternatives.ts';

/** More lines than that nobody can tell apart. */
const most = 5;
const allowed = 'a TypeScript module whose default export is an object of scalings by name';
const fix =
  "write such as: export default { small: { kind: 'steps', table: [[100, 2], [Infinity, 6]] } }; beside package.json also: import { steps } from './src/model/index.ts'";
/** Those that stand beside them. */
const taken = ['declared', 'proposed'];

/** The scalings that a module exports. @throws CommandError with each mistake in them */
export async function readCompareFile(path: string): Promise<Candidate[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw wrong(path, 'which is no file', 'name one');
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
    throw wrong(path, `which cannot be loaded (${reason})`, fix);
  }
  const given = module.default;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw wrong(path, 'which has no such default export', fix);
  const entries = Object.entries(given);
  if (entries.length === 0 || entries.length > most)
    throw wrong(path, `with ${entries.length} scalings`, `export 1 to ${most}`);
  for (const name of taken)
    if (Object.hasOwn(given, name))
      throw wrong(
        path,
        `with a scaling named ${name}`,
        `name it otherwise: ${taken.join(' and ')} are shown beside it`,
      );
  const problems: Problem[] = [];
  const candidates = entries.flatMap(([name, each]): Candidate[] => {
    try {
      return [{ name, scaling: check(scaling, each, name) }];
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new CommandError(`${path}: ${new DeclarationError(problems).message}`, 2);
  return candidates;
}

function wrong(path: string, got: string, how: string): CommandError {
  return new CommandError(`--compare: got ${path}, ${got}; allowed: ${allowed}; fix: ${how}`, 2);
}
