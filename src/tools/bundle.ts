import { Command } from 'commander';
import { type BuildOptions, build } from 'esbuild';
import { appNames, entryOf } from './repository.ts';
import { runCommand, unknownValue } from './run-command.ts';

/** How an app becomes one file that needs nothing but Node. */
export function bundleOptions(app: string, outfile: string): BuildOptions {
  return {
    entryPoints: [entryOf(app)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'esm',
    // A stack in the log must name functions that somebody can find.
    minify: false,
    legalComments: 'none',
    // Dependencies in CommonJS call require for Node's own modules, which an ES module does not have.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);",
    },
    logLevel: 'warning',
  };
}

if (import.meta.main) {
  await runCommand(
    new Command('node src/tools/bundle.ts')
      .description('Bundles an app into one file, as its image does.')
      .argument('<app>', `the app: ${appNames().join(' | ')}`)
      .argument('<outfile>', 'the file to write')
      .action(async (app: string, outfile: string) => {
        if (!appNames().includes(app))
          throw unknownValue('app', app, appNames(), 'name one of these, or add src/apps/<app>/main.ts');
        await build(bundleOptions(app, outfile));
      }),
  );
}
