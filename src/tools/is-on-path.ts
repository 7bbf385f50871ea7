import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program can be run by its name. @param path the folders, as in the variable PATH. @default - those of this process */
export function isOnPath(program: string, path = process.env['PATH'] ?? ''): boolean {
  return path.split(delimiter).some((folder) => {
    // An empty one means the folder that this happens to run in.
    if (folder === '') return false;
    try {
      const file = join(folder, program);
      accessSync(file, constants.X_OK);
      // A folder passes as executable too.
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
