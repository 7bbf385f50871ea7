import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Yaml } from 'cdk8s';
import type { HelmValues } from './addons/helm-values.ts';
import type { RenderedChart } from './rendered-chart.ts';

const ending = '.k8s.yaml';
const valuesEnding = '.yaml';

/** Of an environment's folder those that are not for `kubectl apply`: with what Helm releases are told, and what Alertmanager is. */
export const otherFolders = { values: 'helm-values', alertmanager: 'alertmanager' } as const;

const otherNames: readonly string[] = Object.values(otherFolders);

/** Stands first in every file that we wrote: what does not carry it is somebody's own and is never deleted. */
const header = '# Rendered by `npm run synth` from src/: change the declaration, not this file.\n';

/** The files of rendered charts: their text by name. */
export function toFiles(charts: readonly RenderedChart[]): Map<string, string> {
  return new Map(charts.map((chart) => [`${chart.name}${ending}`, header + Yaml.stringify(...chart.objects)]));
}

/** The files of the values of Helm releases: their text by path. In a folder of their own, as `kubectl apply -f` of a folder reads each YAML file that is in it. */
export function toValuesFiles(values: readonly HelmValues[]): Map<string, string> {
  return new Map(
    values.map(({ chart, values }) => [
      join(otherFolders.values, chart + valuesEnding),
      header + Yaml.stringify(values),
    ]),
  );
}

/** The file of the whole configuration of an Alertmanager, by path. In a folder of its own as well. */
export function toAlertmanagerFiles(configuration: object | undefined): Map<string, string> {
  const path = join(otherFolders.alertmanager, `alertmanager${valuesEnding}`);
  return new Map(configuration ? [[path, header + Yaml.stringify(configuration)]] : []);
}

/** Writes files to a folder and deletes those of an earlier rendering that are no more. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await makeFolder(folder);
  for (const [name, content] of files) {
    const path = join(folder, name);
    await makeFolder(dirname(path));
    await writeFile(path, content);
  }
  await removeRendered(folder, (name) => !files.has(name));
}

/**
 * Makes a folder and those above it. Not by the option `recursive`: where a folder that is there refuses one in it with ENOENT, as /proc does, Node tries for ever.
 *
 * @throws Error with `code` and `path` where it cannot be made
 */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  if (dirname(path) !== path && !existsSync(dirname(path))) await makeFolder(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    // It may have been there before. A file of that name is none.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * What of a folder is not of the kind that we write: files other than manifests, values and configurations, in itself and in the folders that it holds, which may be those of
 * environments. What belongs to git is left out, as a folder of manifests is often a clone.
 *
 * @returns paths in the folder; none where it is not there
 */
export async function foreignFiles(folder: string): Promise<string[]> {
  return (await isFolder(folder)) ? (await foreignIn(folder, { holdsEnvironments: true })).toSorted() : [];
}

async function foreignIn(folder: string, { holdsEnvironments }: { holdsEnvironments: boolean }): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.git'));
  const found = entries.map(async (entry): Promise<string[]> => {
    const { name } = entry;
    if (!entry.isDirectory()) return name.endsWith(ending) ? [] : [name];
    if (!otherNames.includes(name) && !holdsEnvironments) return [name];
    const inside = otherNames.includes(name)
      ? (await readdir(join(folder, name))).filter((each) => !each.endsWith(valuesEnding))
      : await foreignIn(join(folder, name), { holdsEnvironments: false });
    return inside.map((each) => join(name, each));
  });
  return (await Promise.all(found)).flat();
}

/** Deletes what earlier renderings left in folders of environments that are no more. */
export async function removeOtherFolders(parent: string, environments: readonly string[]): Promise<void> {
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    if (!entry.isDirectory() || environments.includes(entry.name)) continue;
    const folder = join(parent, entry.name);
    const removed = await removeRendered(folder, () => true);
    if (removed > 0) await removeIfEmpty(folder);
  }
}

/** @returns how many files were deleted */
async function removeRendered(folder: string, isStale: (name: string) => boolean): Promise<number> {
  let removed = await removeFrom(folder, ending, isStale);
  for (const name of otherNames) {
    const other = join(folder, name);
    if (!(await isFolder(other))) continue;
    const removedThere = await removeFrom(other, valuesEnding, (file) => isStale(join(name, file)));
    if (removedThere > 0) await removeIfEmpty(other);
    removed += removedThere;
  }
  return removed;
}

/** @returns how many files of that ending were deleted */
async function removeFrom(folder: string, ending: string, isStale: (name: string) => boolean): Promise<number> {
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

async function removeIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}
