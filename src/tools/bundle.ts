import { cp, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { buildPage, builtPageName, hasPage, pageSourceOf } from './build-page.ts';
import { appNames, entryOf } from './repository.ts';
import { runCommand, unknownValue } from './run-command.ts';

/** How an app becomes one file that needs nothing but Node, and the native code of its packages. */
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

/** Copies native code, which no file of JavaScript can hold, to where the bundle looks for it. Packages bring it as packages of each platform of its own. */
async function copyNativeCode(inputs: Metafile['inputs'], outfile: string): Promise<void> {
  const bundled = Object.keys(inputs).flatMap((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []);
  for (const folder of new Set(bundled)) {
    const packages = folder.slice(0, folder.lastIndexOf('node_modules/') + 'node_modules'.length);
    const { optionalDependencies = {} } = await manifestOf(folder);
    for (const name of Object.keys(optionalDependencies)) {
      const isOfPlatform = (await manifestOf(join(packages, name))).os !== undefined;
      if (isOfPlatform)
        await cp(resolve(packages, name), join(dirname(outfile), 'node_modules', name), { recursive: true });
    }
  }
}

interface Manifest {
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** What a package says of itself; nothing, where it is not installed, such as one of another platform. */
async function manifestOf(folder: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

if (import.meta.main) {
  await runCommand(
    new Command('node src/tools/bundle.ts')
      .description(
        'Bundles an app into one file, as its image does, with the native code and the page that it needs beside it.',
      )
      .argument('<app>', `the app: ${appNames().join(' | ')}`)
      .argument('<outfile>', 'the file to write')
      .action(async (app: string, outfile: string) => {
        if (!appNames().includes(app))
          throw unknownValue('app', app, appNames(), 'name one of these, or add src/apps/<app>/main.ts');
        const { metafile } = await build({ ...bundleOptions(app, outfile), metafile: true });
        await copyNativeCode(metafile.inputs, outfile);
        if (hasPage(app)) await buildPage(pageSourceOf(app), join(dirname(outfile), builtPageName));
      }),
  );
}
