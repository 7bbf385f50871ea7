import { afterAll, beforeAll, expect, test } from 'vitest';
import { crowd } from '../test/insta/crowd.ts';
import { callerOfInsta, namespace } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { podsIn, restartsOf } from './kubectl.ts';

const caller = callerOfInsta();

beforeAll(makeRoomForManyPeople);
afterAll(() => caller.close());

test('300 people at once see what they and the others did, and nothing else', async () => {
  const print = (line: string) => console.log(`crowd: ${line}`);
  // Each of them does about fourteen things: thousands in all, and hundreds at the same posts and people. What goes wrong with counts and feeds does so among few.
  const { failures, mistakes, ...report } = await crowd(caller, { people: 300, seconds: 25, print });
  console.log(`crowd: ${JSON.stringify(report)}`);
  expect({ failures: failures.slice(0, 10), mistakes: mistakes.slice(0, 10) }).toEqual({ failures: [], mistakes: [] });
  expect(Math.max(...Object.values(restartsOf(await podsIn(namespace))))).toBe(0);
}, 420_000);
