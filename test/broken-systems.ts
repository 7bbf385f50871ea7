const hook = `
import { registerHooks } from 'node:module';
registerHooks({
  load: (url, context, next) => url.endsWith('/src/systems/index.ts')
    ? {
        format: 'module',
        shortCircuit: true,
        source: "import { defineSystem } from '../model/index.ts';" +
          "export const systems = [defineSystem({ name: 'Bird', services: [] })]; export const environments = {}",
      }
    : next(url, context),
});`;

/** Arguments for Node with which `src/systems/index.ts` declares a system wrongly. */
export const withBrokenSystems = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];

/** All that a command may say then: no stack, and nothing of the program's own code. */
export const brokenSystems =
  /^2 mistakes in the declaration\n {2}Bird\.name: got "Bird"; .*\n {2}Bird\.services: got \[\]; .*$/;
