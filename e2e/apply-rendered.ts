import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toFiles, writeFiles } from '../src/charts/output.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import type { Environment } from '../src/model/index.ts';
import { systems } from '../src/systems/index.ts';
import { getJson, kubectl, type Said, tryKubectl } from './kubectl.ts';

/** Says of a system's namespace which environment was applied last. */
const mark = 'trellis.dev/e2e-applied';

/**
 * Renders every system for an environment, as `npm run synth` does, and applies it.
 *
 * @param options of `kubectl apply`. @default - none
 */
export async function applyRendered(environment: Environment, options: readonly string[] = []): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-e2e-'));
  try {
    await writeFiles(folder, toFiles(renderPlatform({ environment, systems })));
    return await tryKubectl(['apply', '-f', folder, ...options]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The same, once: each file of tests asks for the environment that it needs, which most often the one before has applied.
 *
 * @throws Error with what kubectl said
 */
export async function ensureApplied(environment: Environment): Promise<void> {
  const digest = createHash('sha256').update(JSON.stringify(environment)).digest('hex');
  const namespaces = systems.map(({ name }) => `namespace/${name}`);
  const { items } = await getJson<{ items: { metadata: { annotations?: Record<string, string> } }[] }>(namespaces);
  if (items.every(({ metadata }) => metadata.annotations?.[mark] === digest)) return;
  const { exitCode, stderr } = await applyRendered(environment);
  if (exitCode !== 0) throw new Error(`the environment of the tests was not applied: ${stderr}`);
  await kubectl(['annotate', '--overwrite', ...namespaces, `${mark}=${digest}`]);
}
