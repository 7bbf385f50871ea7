/** Arguments for Node with which this text stands in place of `src/systems/index.ts`. */
function withSystems(source: string): string[] {
  const hook = `
import { registerHooks } from 'node:module';
registerHooks({
  load: (url, context, next) => url.endsWith('/src/systems/index.ts')
    ? { format: 'module', shortCircuit: true, source: ${JSON.stringify(source)} }
    : next(url, context),
});`;
  return ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
}

/** Arguments for Node with which `src/systems/index.ts` declares a system wrongly. */
export const withBrokenSystems = withSystems(`
import { defineSystem } from '../model/index.ts';
export const systems = [defineSystem({ name: 'Bird', services: [] })];
export const environments = {};`);

/** All that a command may say then: no stack, and nothing of the program's own code. */
export const brokenSystems =
  /^2 mistakes in the declaration\n {2}Bird\.name: got "Bird"; .*\n {2}Bird\.services: got \[\]; .*$/;

/** Arguments for Node with which `src/apps/bird-image` is alone and has a contract of another name. */
export const withMisnamedApp = withSystems(`
import birdImage from '../apps/bird-image/service.ts';
import { defineContract, defineService, defineSystem, fixed } from '../model/index.ts';
const contract = defineContract({ ...birdImage.contract, name: 'image' });
const service = defineService({ contract, owner: 'team', description: 'Misnamed.', scaling: fixed(1) });
export const systems = [defineSystem({ name: 'bird', services: [service] })];
export const environments = {};`);

/** All that a command may say then. */
export const misnamedApp =
  /^1 mistake in the declaration\n {2}src\/apps\/image\/main\.ts: got nothing; allowed: the program of image, in the folder of its contract's name; fix: if it is [^\n]*src\/apps\/bird-image\b[^\n]*, rename the folder or the contract so that both have one name; else write it$/;
