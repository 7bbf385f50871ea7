import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { type Contract, isContract } from '../model/contract.ts';
import { appNames, root } from './repository.ts';

/** The folder of a page that was built, beside the code of its service: of the app here, of its bundle in an image. */
export const builtPageName = '.page';

/** Where the page of an app is built on this machine. */
export function builtPageOf(app: string): string {
  return `${root}src/apps/${app}/${builtPageName}`;
}

/** Where the page of an app is written by hand. */
export function pageSourceOf(app: string): string {
  return `${root}src/apps/${app}/page`;
}

/** Whether an app has a page. */
export function hasPage(app: string): boolean {
  return existsSync(join(pageSourceOf(app), 'index.html'));
}

/** A reference of the shell to a file beside it, such as `src="main.tsx"`. */
const reference = /(?<=\s(?:src|href)=")[\w.-]+(?=")/g;

/**
 * Builds a page: what its `index.html` refers to becomes files whose names have a hash of their content, with compressed twins beside them
 * where that makes them smaller, and the shell refers to those.
 *
 * @param source the folder of what is written by hand
 * @param out the folder to write
 * @throws what esbuild does for a mistake in the source, after it has printed it
 */
export async function buildPage(source: string, out: string): Promise<void> {
  const template = await readFile(join(source, 'index.html'), 'utf8');
  const { outputFiles, metafile } = await build({
    absWorkingDir: source,
    entryPoints: [...new Set(template.match(reference))],
    outdir: 'assets',
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // What browsers understand that were kept up to date in the last two years.
    target: ['chrome120', 'firefox121', 'safari17.2'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy', '.png': 'copy', '.woff2': 'copy' },
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [pageImports(source)],
  });
  const names = new Map(
    Object.entries(metafile.outputs).flatMap(([output, { entryPoint }]) =>
      entryPoint === undefined ? [] : [[entryPoint, basename(output)]],
    ),
  );
  const shell = template.replace(reference, (file) => `/assets/${names.get(file)}`);

  // The shell comes last and at once, and what it no longer refers to goes after that: whoever reads meanwhile finds all that it refers to.
  const assets = join(out, 'assets');
  await mkdir(assets, { recursive: true });
  // Beside the assets, and of this build alone: another one that runs meanwhile must take none of it for what it no longer refers to.
  const aside = await mkdtemp(join(out, '.building-'));
  let written: string[][];
  try {
    written = await Promise.all(
      outputFiles.map(({ path, contents }) => writeTwins(join(assets, basename(path)), contents, aside)),
    );
    await writeAtOnce(join(out, 'index.html'), shell, aside);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  const kept = new Set(written.flat());
  const stale = (await readdir(assets)).filter((name) => !kept.has(name));
  await Promise.all(stale.map((name) => rm(join(assets, name), { force: true })));
}

/** Writes a file, and what it is compressed. @param aside as of `writeAtOnce` @returns the names of all that was written */
async function writeTwins(file: string, content: Uint8Array, aside: string): Promise<string[]> {
  const twins = [
    { file, content },
    { file: `${file}.br`, content: await promisify(brotliCompress)(content) },
    { file: `${file}.gz`, content: await promisify(gzip)(content, { level: 9 }) },
  ].filter((twin) => twin.file === file || twin.content.length < content.length);
  for (const twin of twins) await writeAtOnce(twin.file, twin.content, aside);
  return twins.map((twin) => basename(twin.file));
}

/** @param aside a folder on the same disk, for what is not whole yet */
async function writeAtOnce(file: string, content: string | Uint8Array, aside: string): Promise<void> {
  const begun = join(aside, basename(file));
  await writeFile(begun, content);
  await rename(begun, file);
}

/**
 * What a page may import of this repository: its own files, and contracts. Of a contract it gets no schemas, which would bring zod along, but what goes
 * over the wire: the method and path of each exposed route; and those of its other exports that are plain values. Its types are those of the real contract.
 */
function pageImports(source: string): Plugin {
  return {
    name: 'page-imports',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[./]/ }, ({ path, resolveDir, importer }) => {
        const target = resolve(resolveDir, path);
        if (!importer.startsWith(source) || target.startsWith(`${source}/`)) return;
        if (/\/apps\/[^/]+\/contract\.ts$/.test(target)) return { path: target, namespace: 'contract' };
        return { errors: [{ text: `a page may import its own files, contract.ts of an app, and types; got ${path}` }] };
      });
      onLoad({ filter: /.*/, namespace: 'contract' }, async ({ path }) => {
        // Each time of its own: while `npm run dev` runs, it changes.
        const { default: contract, ...others } = (await import(`${pathToFileURL(path)}?at=${Date.now()}`)) as Record<
          string,
          unknown
        >;
        if (!isContract(contract))
          throw new Error(`${path} exports no contract by default; write it with defineContract`);
        return { contents: wireOf(contract, others), loader: 'js', watchFiles: [path] };
      });
    },
  };
}

/** A contract as a module for browsers. */
function wireOf(contract: Contract, others: Readonly<Record<string, unknown>>): string {
  const exposed = Object.entries(contract.routes).filter(([, route]) => route.exposed);
  const routes = Object.fromEntries(exposed.map(([operation, { method, path }]) => [operation, { method, path }]));
  const plain = Object.entries(others).filter(([, value]) => isPlain(value));
  return [
    ...plain.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`),
    `export default ${JSON.stringify({ name: contract.name, routes })};`,
  ].join('\n');
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  return ['string', 'number', 'boolean'].includes(typeof value);
}

if (import.meta.main) {
  for (const app of appNames().filter(hasPage)) await buildPage(pageSourceOf(app), builtPageOf(app));
}
