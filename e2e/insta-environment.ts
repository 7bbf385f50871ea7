import { expect } from 'vitest';
import { cpu, defineEnvironment } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import insta from '../src/systems/insta.ts';
import { applyRendered } from './apply-rendered.ts';
import { settled } from './settled.ts';

// All people of these tests come from one address.
const many = 1_000_000;
const limits: Readonly<Record<string, Record<string, number>>> = {
  auth: { ADDRESS_LIMIT: many, LOGIN_LIMIT: many },
};

/**
 * The environment `local` for hundreds of people from one address. Each service of each system keeps two pods: so those that a test looks at stay, and a
 * node of two cores has room for those of a rollout, and for those that a test takes away and brings back.
 */
const withManyPeople = defineEnvironment({
  ...environments['local'],
  overrides: Object.fromEntries(
    systems.map((system) => [
      system.name,
      Object.fromEntries(
        system.services.map(({ name }) => [
          name,
          { scaling: cpu({ min: 2, max: 2, cpu: 70 }), env: { LOG_LEVEL: 'warn', ...limits[name] } },
        ]),
      ),
    ]),
  ),
} as Parameters<typeof defineEnvironment>[0]);

/** Applies it. Nothing happens where it was applied before. */
export async function makeRoomForManyPeople(): Promise<void> {
  expect(await applyRendered(withManyPeople)).toMatchObject({ exitCode: 0 });
  await settled(insta.name);
}
