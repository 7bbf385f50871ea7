import { cpu, defineEnvironment } from '../src/model/index.ts';
import { environments } from '../src/systems/index.ts';
import insta from '../src/systems/insta.ts';

// All people of these tests come from one address.
const many = 1_000_000;
const limits: Readonly<Record<string, Record<string, number>>> = {
  auth: { ADDRESS_LIMIT: many, LOGIN_LIMIT: many },
};

/**
 * The environment `local` for hundreds of people from one address. Each service keeps two pods: so those that a test looks at stay, and a node of two cores
 * has room for those of a rollout.
 */
export const withManyPeople = defineEnvironment({
  ...environments['local'],
  overrides: {
    insta: Object.fromEntries(
      insta.services.map(({ name }) => [
        name,
        { scaling: cpu({ min: 2, max: 2, cpu: 70 }), env: { LOG_LEVEL: 'warn', ...limits[name] } },
      ]),
    ),
  },
} as Parameters<typeof defineEnvironment>[0]);
