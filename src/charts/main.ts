import { readdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { Command } from 'commander';
import { DeclarationError } from '../model/index.ts';
import { environmentFolder, mainEnvironment } from './environment-folder.ts';
import type { Extension } from './extension.ts';
import { loadSystems } from './load-systems.ts';
import {
  foreignFiles,
  otherFolders,
  removeOtherFolders,
  toAlertmanagerFiles,
  toFiles,
  toValuesFiles,
  writeFiles,
} from './output.ts';
import { renderEnvironments } from './render-environments.ts';

const program = new Command('npm run synth --')
  .description('Renders the Kubernetes manifests of every system.')
  .argument(
    '[environment]',
    `the environment to render; without one, ${mainEnvironment} and, in folders of their names, all the others`,
  )
  // `npx cdk8s synth` says where by CDK8S_OUTDIR.
  .option('--out <dir>', 'the folder to write to', process.env['CDK8S_OUTDIR'] ?? 'dist')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

try {
  program.parse();
  const { out } = program.opts<{ out: string }>();
  await synth(program.args[0], out, program.getOptionValueSource('out') === 'cli');
} catch (error) {
  // A mistake in a declaration or a path is told without a stack: its reader wrote the declaration, not this program.
  if (error instanceof DeclarationError) console.error(error.message);
  else if (isFileError(error))
    console.error(`--out: got ${error.path}: ${error.code}; allowed: a folder that can be written; fix: name another`);
  else throw error;
  process.exitCode = 1;
}

async function synth(only: string | undefined, out: string, outIsGiven: boolean): Promise<void> {
  const { environments, systems } = await loadSystems();
  const names = Object.keys(environments);
  if (only !== undefined && !names.includes(only)) {
    usage(
      `unknown environment: got ${only}; allowed: ${names.join(' | ')}; fix: name one of these, or add it to src/systems/index.ts`,
    );
  }
  if (out === '') usage('--out: got nothing; allowed: a folder; fix: name one');
  if (outIsGiven) await refuseForeign(out);
  const extensions = await loadExtensions();
  const chosen = Object.values(environments).filter(({ name }) => only === undefined || name === only);
  // All are rendered before the first is written: a mistake in one leaves the folder as it was.
  const rendered = renderEnvironments(chosen, { systems, extensions }).map(
    ({ environment, charts, values, alertmanager }) => ({
      // A folder that was asked for by name gets the one environment that was asked for itself.
      folder: only && outIsGiven ? out : environmentFolder(environment.name, out),
      files: new Map([...toFiles(charts), ...toValuesFiles(values), ...toAlertmanagerFiles(alertmanager)]),
    }),
  );
  for (const { folder, files } of rendered) {
    await writeFiles(folder, files);
    console.log(`${relative('', folder) || '.'}: ${files.size} files`);
  }
  if (only === undefined) await removeOtherFolders(out, names);
}

/** A folder that was named by mistake, such as one with code, gets nothing between what is there. */
async function refuseForeign(out: string): Promise<void> {
  const foreign = await foreignFiles(out);
  if (foreign.length === 0) return;
  const [first, ...others] = foreign;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  usage(
    `--out: got ${out}, which holds ${first}${more}; allowed: a folder that is new, empty, or holds nothing but manifests (*.k8s.yaml) and values (${Object.values(
      otherFolders,
    )
      .map((name) => `${name}/*.yaml`)
      .join(', ')}); fix: name another, or empty it`,
  );
}

function usage(message: string): never {
  console.error(message);
  process.exit(2);
}

function isFileError(error: unknown): error is { code: string; path: string } {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

async function loadExtensions(): Promise<Record<string, Extension>> {
  const folder = new URL('./extensions/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const loaded = await Promise.all(
    files.map(async (file) => ({
      file,
      loaded: ((await import(new URL(file, folder).href)) as { default?: unknown }).default,
    })),
  );
  const broken = loaded.filter((each) => typeof each.loaded !== 'function');
  if (broken.length > 0) {
    const [allowed, fix] = [
      'a function as the default export',
      'write export default defineExtension(...), or delete the file',
    ];
    throw new DeclarationError(
      broken.map((each) => ({ path: `src/charts/extensions/${each.file}`, got: each.loaded, allowed, fix })),
    );
  }
  return Object.fromEntries(loaded.map((each) => [each.file.replace(/\.ts$/, ''), each.loaded as Extension]));
}
