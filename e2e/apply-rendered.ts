import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toFiles, writeFiles } from '../src/charts/output.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import type { Environment } from '../src/model/index.ts';
import { systems } from '../src/systems/index.ts';
import { type Said, tryKubectl } from './kubectl.ts';

/** Renders every system for an environment, as `npm run synth` does, and applies it. */
export async function applyRendered(environment: Environment): Promise<Said> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-e2e-'));
  try {
    await writeFiles(folder, toFiles(renderPlatform({ environment, systems })));
    return await tryKubectl(['apply', '-f', folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
