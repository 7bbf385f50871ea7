import { join } from 'node:path';

/** The environment that is rendered to the folder itself, and that commands take where none is named. */
export const mainEnvironment = 'local';

/** Where the manifests of an environment are. @param out the folder of all of them, as `--out` of synth */
export function environmentFolder(environment: string, out: string): string {
  return environment === mainEnvironment ? out : join(out, environment);
}
