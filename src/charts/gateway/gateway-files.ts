import type { Entrance } from '../../model/index.ts';

/** The one folder that a pod may write to. */
export const writableFolder = '/tmp';

/** While this file is there, every answer closes its connection and the pod says that it is not ready. */
export const drainingFile = `${writableFolder}/draining`;

/** The main file, by which Nginx is started. */
export const mainFile = 'nginx.conf';

/** What a host answers to. */
export function routesFile({ host }: Entrance): string {
  return `${host}.routes.conf`;
}
