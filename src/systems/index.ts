import type { Environment, System } from '../model/index.ts';
import bird from './bird.ts';
import local from './environments/local.ts';
import production from './environments/production.ts';
import staging from './environments/staging.ts';
import insta from './insta.ts';

/** Every system of this repository. A new one is added here, and everything else finds it. */
export const systems: readonly System[] = [bird, insta];

/** Every environment, by its name. `local` is what `npm run synth` renders to `dist/` itself. */
export const environments: Readonly<Record<string, Environment>> = Object.fromEntries(
  [local, staging, production].map((environment) => [environment.name, environment]),
);
