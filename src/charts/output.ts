import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import type { RenderedChart } from './rendered-chart.ts';

const ending = '.k8s.yaml';

/** Stands first in every file that we wrote: what does not carry it is somebody's own and is never deleted. */
const header = '# Rendered by `npm run synth` from src/: change the declaration, not this file.\n';

/** The files of rendered charts: their text by name. */
export function toFiles(charts: readonly RenderedChart[]): Map<string, string> {
  return new Map(charts.map((chart) => [`${chart.name}${ending}`, header + Yaml.stringify(...chart.objects)]));
}

/** Writes files to a folder and deletes those of an earlier rendering that are no more. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  await removeRendered(folder, (name) => !files.has(name));
}

/** Deletes what earlier renderings left in folders of environments that are no more. */
export async function removeOtherFolders(parent: string, environments: readonly string[]): Promise<void> {
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    if (!entry.isDirectory() || environments.includes(entry.name)) continue;
    const folder = join(parent, entry.name);
    const removed = await removeRendered(folder, () => true);
    if (removed > 0 && (await readdir(folder)).length === 0) await rmdir(folder);
  }
}

/** @returns how many files were deleted */
async function removeRendered(folder: string, isStale: (name: string) => boolean): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isFile() || !entry.name.endsWith(ending) || !isStale(entry.name)) continue;
    if (!(await readFile(path, 'utf8')).startsWith(header)) continue;
    await rm(path);
    removed++;
  }
  return removed;
}
