import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RenderedChart, toYaml } from './platform.ts';

const ending = '.k8s.yaml';

/** Stands first in every file that we wrote: what does not carry it is somebody's own and is never deleted. */
const header = '# Rendered by `npm run synth` from src/: change the declaration, not this file.\n';

/** The files of rendered charts: their text by name. */
export function toFiles(charts: readonly RenderedChart[]): Map<string, string> {
  return new Map(charts.map((chart) => [`${chart.name}${ending}`, header + toYaml(chart)]));
}

/** Writes files to a folder and deletes those of an earlier rendering that are no more. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  for (const name of await readdir(folder)) {
    if (!name.endsWith(ending) || files.has(name)) continue;
    const path = join(folder, name);
    if ((await readFile(path, 'utf8')).startsWith(header)) await rm(path);
  }
}
