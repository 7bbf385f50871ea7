import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { DeclarationError } from '../model/index.ts';
import type { Extension } from './extension.ts';
import { toFiles, writeFiles } from './output.ts';
import { renderPlatform } from './platform.ts';

const mainEnvironment = 'local';

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
  // A declaration's mistakes are told without a stack: its reader wrote the declaration, not this program.
  if (!(error instanceof DeclarationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function synth(only: string | undefined, out: string, outIsGiven: boolean): Promise<void> {
  // Imported here and not above, so that a mistake in a declaration is caught like every other.
  const { environments, systems } = await import('../systems/index.ts');
  if (only !== undefined && !environments[only]) {
    console.error(
      `unknown environment: got ${only}; allowed: ${Object.keys(environments).join(' | ')}; fix: name one of these, or add it to src/systems/index.ts`,
    );
    process.exit(2);
  }
  const extensions = await loadExtensions();
  const chosen = Object.values(environments).filter(({ name }) => only === undefined || name === only);
  // All are rendered before the first is written: a mistake in one leaves the folder as it was.
  const rendered = chosen.map((environment) => ({
    // A folder that was asked for by name gets the one environment that was asked for itself.
    folder: environment.name === mainEnvironment || (only && outIsGiven) ? out : join(out, environment.name),
    files: toFiles(renderPlatform({ environment, systems, extensions })),
  }));
  for (const { folder, files } of rendered) {
    await writeFiles(folder, files);
    console.log(`${relative('', folder) || '.'}: ${files.size} files`);
  }
}

async function loadExtensions(): Promise<Record<string, Extension>> {
  const folder = new URL('./extensions/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const loaded = files.map(async (file) => [
    file.replace(/\.ts$/, ''),
    ((await import(new URL(file, folder).href)) as { default: Extension }).default,
  ]);
  return Object.fromEntries(await Promise.all(loaded));
}
