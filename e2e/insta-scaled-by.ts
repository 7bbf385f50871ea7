import { type cpu, defineEnvironment, type requests, type Service, type steps } from '../src/model/index.ts';
import bird from '../src/systems/bird.ts';
import { environments } from '../src/systems/index.ts';
import insta from '../src/systems/insta.ts';
import { heldAt } from './insta-environment.ts';

const quiet = { LOG_LEVEL: 'warn' };

/** As a declaration writes it. */
export type Declared = ReturnType<typeof cpu | typeof requests | typeof steps>;

/**
 * The environment `local` with another scaling of some services of insta, and one pod of all else: a small node must have room for theirs. Requests are not logged: of the node's
 * processors that takes a fifth of what a request takes in all.
 */
export function instaScaledBy(some: Readonly<Record<string, Declared>>) {
  const heldOf = (services: readonly Service[]) =>
    Object.fromEntries(services.map((each) => [each.name, { scaling: heldAt(1, each), env: quiet }]));
  const ofSome = Object.fromEntries(Object.entries(some).map(([name, scaling]) => [name, { scaling, env: quiet }]));
  return defineEnvironment({
    ...environments['local'],
    overrides: { bird: heldOf(bird.services), insta: { ...heldOf(insta.services), ...ofSome } },
  } as Parameters<typeof defineEnvironment>[0]);
}
