import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { TestContext } from 'vitest';

let path: Promise<string | undefined> | undefined;

/** The Chromium of this machine: what `CHROMIUM` names, or `chromium` on PATH. Undefined if there is none. */
export function chromiumPath(): Promise<string | undefined> {
  path ??= find();
  return path;
}

async function find(): Promise<string | undefined> {
  const named = process.env['CHROMIUM'];
  if (named) return named;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, 'chromium');
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

/**
 * Starts a Chromium without a window. Skips the test if there is none; where `CI` is set, what is not tested must not pass.
 *
 * @param hosts addresses that DNS does not know, as Chromium's `--host-resolver-rules` has them
 */
export async function openChromium(context: Pick<TestContext, 'skip'>, hosts?: string): Promise<Browser> {
  const executablePath = await chromiumPath();
  if (executablePath === undefined) {
    const note = 'no chromium on PATH; fix: install it, such as by apt-get install chromium, or set CHROMIUM to one';
    if (process.env['CI']) throw new Error(note);
    context.skip(note);
  }
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: [
      // A container has no user namespace for the sandbox, and little shared memory.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      ...(hosts ? [`--host-resolver-rules=${hosts}`] : []),
    ],
  });
}
