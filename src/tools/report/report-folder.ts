import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../charts/output.ts';
import { CommandError } from '../run-command.ts';

/**
 * Makes a folder for a report that no other run has.
 *
 * @param out what holds the folders of all runs
 * @param name what is behind the time in its name
 * @throws CommandError where it cannot be made
 */
export async function makeReportFolder(out: string, name: string, now: Date): Promise<string> {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-');
  try {
    await makeFolder(out);
    for (let count = 1; ; count++) {
      const folder = join(out, `${time}-${name}${count > 1 ? `-${count}` : ''}`);
      // Without `recursive` it fails where there is one.
      const isNew = await mkdir(folder).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
      if (isNew) return folder;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `--out: got ${out}, where no folder can be made (${code ?? message}); allowed: a folder that may be written to; fix: name another`,
      2,
    );
  }
}
