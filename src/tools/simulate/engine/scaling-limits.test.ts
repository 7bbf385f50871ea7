import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpu, type ScalingBehavior, scaling, toSeconds } from '../../../model/index.ts';
import recorded from './recorded-from-kubernetes/scaling-limits.json' with { type: 'json' };
import { ScalingLimits } from './scaling-limits.ts';

function behaviorOf(given: object): ScalingBehavior {
  const declared = scaling.parse({ ...cpu({ min: 1, max: 1, cpu: 50 }), behavior: given });
  if (declared.kind === 'fixed') throw new Error('fixed has no behavior');
  return declared.behavior;
}

test.each(recorded)('what Kubernetes makes of wishes: %#', ({ min, max, every, started, behavior, wanted, pods }) => {
  const limits = new ScalingLimits({ min, max, behavior: behaviorOf(behavior) });
  let there = started;
  const made = wanted.map((each, index) => {
    there = limits.next(each, there, index * every);
    return there;
  });
  expect(made).toEqual(pods);
});

const wishes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 80 });
const seconds = fc.constantFrom('0s', '15s', '40s', '5m');

test('no wish is followed that has not lasted: up by the lowest of its time, down by the highest', () => {
  fc.assert(
    fc.property(wishes, seconds, seconds, fc.constantFrom(5, 15, 20), (wanted, up, down, every) => {
      const behavior = behaviorOf({ scaleUp: { stabilization: up }, scaleDown: { stabilization: down } });
      const limits = new ScalingLimits({ min: 1, max: 30, behavior });
      const since = (index: number, window: string) =>
        wanted.filter((_, at) => at === index || (at < index && (index - at) * every < toSeconds(window as '0s')));
      let pods = 10;
      for (const [index, each] of wanted.entries()) {
        const next = limits.next(each, pods, index * every);
        if (next > pods) expect(next).toBeLessThanOrEqual(Math.min(...since(index, up)));
        if (next < pods) expect(next).toBeGreaterThanOrEqual(Math.min(10, Math.max(...since(index, down))));
        pods = next;
      }
    }),
  );
});

test('a direction that is disabled is none', () => {
  const never = behaviorOf({ scaleUp: { select: 'Disabled' }, scaleDown: { stabilization: '0s' } });
  const limits = new ScalingLimits({ min: 1, max: 30, behavior: never });
  expect([limits.next(20, 10, 0), limits.next(1, 10, 15), limits.next(20, 5, 30)]).toEqual([10, 5, 5]);
});
