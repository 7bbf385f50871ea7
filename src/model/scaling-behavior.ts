import { z } from 'zod';
import { listOf, rule, strict, wholeNumber } from './declaration-error.ts';
import { type Duration, secondsFrom } from './duration.ts';

const per = secondsFrom('1s', '30m');

const policy = z.union(
  [
    strict({
      /** By so many pods at most ... */
      pods: wholeNumber(1, 1_000),
      /** ... in so long. */
      per,
    }),
    strict({
      /** By so many per cent of the pods at most ... */
      percent: wholeNumber(1, 10_000),
      /** ... in so long. */
      per,
    }),
  ],
  { error: rule('{ pods, per } or { percent, per }', 'write one of the two, such as { pods: 4, per: "15s" }') },
);

/** How fast pods may be added or taken away, as an HPA's `behavior` says it. */
function direction(stabilization: Duration, policies: readonly z.input<typeof policy>[]) {
  return strict({
    /** How long a wish must have lasted: the most careful one of that time counts. */
    stabilization: secondsFrom('0s', '1h').default(stabilization),
    /** How much at most. */
    policies: listOf(policy, 'policy', 'write one, such as { percent: 50, per: "1m" }').prefault([...policies]),
    /** Which policy counts: the one that allows most, the one that allows least, or none and never. @default 'Max' */
    select: z.enum(['Max', 'Min', 'Disabled']).default('Max'),
  });
}

/** Down only when five minutes have agreed, by half at most each minute: a lull is no reason to be short of pods after it. */
const calmly = direction('5m', [{ percent: 50, per: '1m' }]);

/**
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
 */
function behaviorWith(up: ReturnType<typeof direction>) {
  return strict({
    /** How pods are added. */
    scaleUp: up.prefault({}),
    /** How pods are taken away. @default - after 5 minutes, by half at most each minute */
    scaleDown: calmly.prefault({}),
  });
}

/** For what falls as pods are added, such as CPU: doubling, or four pods, each 15 s. More would overshoot, as new pods take a while to show in it. */
export const behaviorOfUse = behaviorWith(
  direction('0s', [
    { percent: 100, per: '15s' },
    { pods: 4, per: '15s' },
  ]),
);

/** For a demand that says how many pods it needs: at once. */
export const behaviorOfDemand = behaviorWith(
  direction('0s', [
    { percent: 900, per: '15s' },
    { pods: 10, per: '15s' },
  ]),
);

export type ScalingBehavior = z.output<typeof behaviorOfDemand>;
export type ScalingPolicy = z.output<typeof policy>;
