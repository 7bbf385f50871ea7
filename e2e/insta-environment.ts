import { cpu, defineEnvironment, requests, type Service } from '../src/model/index.ts';
import bird from '../src/systems/bird.ts';
import { environments } from '../src/systems/index.ts';
import insta from '../src/systems/insta.ts';
import { ensureApplied } from './apply-rendered.ts';
import { birdOutside } from './outside-api.ts';
import { settled } from './settled.ts';

// All people of these tests come from one address.
const many = 1_000_000;
const limits: Readonly<Record<string, Record<string, number>>> = {
  auth: { ADDRESS_LIMIT: many, LOGIN_LIMIT: many },
};
/** A number of pods that stays, by the same kind of object as declared: one of another kind would have to take over. */
export function heldAt(pods: number, { scaling }: Service) {
  const limits = { min: pods, max: pods };
  return scaling.kind === 'cpu' ? cpu({ ...limits, cpu: 70 }) : requests({ ...limits, perPod: many });
}

/** So those that a test looks at stay, and a node of two cores has room for those of a rollout, and for those that a test takes away and brings back. */
const heldAtTwo = (service: Service) => heldAt(2, service);

const ofInsta = Object.fromEntries(
  insta.services.map((service) => [
    service.name,
    { scaling: heldAtTwo(service), env: { LOG_LEVEL: 'warn', ...limits[service.name] } },
  ]),
);

/** By start-ups alone an autoscaler by CPU may want pods for which there is then no room in a rollout. */
const ofBird = Object.fromEntries(
  bird.services.map((service) => [service.name, { ...birdOutside[service.name], scaling: heldAtTwo(service) }]),
);

/**
 * The environment `local` with a server in place of the APIs outside, for hundreds of people of insta from one address, and with two pods of each service. What the tests
 * of bird need and those of insta is applied at once, so that the one starts while the other is tested.
 */
export const forTests = defineEnvironment({
  ...environments['local'],
  overrides: { bird: ofBird, insta: ofInsta },
} as Parameters<typeof defineEnvironment>[0]);

/** Applies it. Nothing happens where it was applied before. */
export async function makeRoomForManyPeople(): Promise<void> {
  await ensureApplied(forTests);
  await settled(insta.name);
}
