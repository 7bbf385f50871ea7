import { type ScalingBehavior, type ScalingPolicy, toSeconds } from '../../../model/index.ts';

interface Wish {
  readonly at: number;
  readonly pods: number;
}

interface Change {
  readonly at: number;
  /** Pods that were added, or taken away. */
  readonly pods: number;
}

/** @see ScalingLimits */
export interface ScalingLimitsProps {
  /** Pods, at least and at most. */
  readonly min: number;
  readonly max: number;
  readonly behavior: ScalingBehavior;
}

/**
 * What an HPA's `behavior` makes of the pods that its metrics ask for: a wish counts once it has lasted, and only so many pods come or go in so long.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/podautoscaler/horizontal.go `normalizeDesiredReplicasWithBehaviors`
 */
export class ScalingLimits {
  readonly #props: ScalingLimitsProps;
  readonly #wishes: Wish[] = [];
  readonly #added: Change[] = [];
  readonly #taken: Change[] = [];

  constructor(props: ScalingLimitsProps) {
    this.#props = props;
  }

  /** @param wanted what the metrics ask for; @param pods those that there are; @returns how many there are to be now */
  next(wanted: number, pods: number, now: number): number {
    const { min, max, behavior } = this.#props;
    if (this.#wishes.length === 0) this.#wishes.push({ at: now, pods });
    const stable = this.#stabilized(wanted, pods, now);
    if (stable > pods) {
      const next = Math.min(stable, max, Math.max(pods, this.#bound(behavior.scaleUp, pods, now, 1)));
      if (next > pods) remember(this.#added, { at: now, pods: next - pods }, behavior.scaleUp);
      return next;
    }
    if (stable < pods) {
      const next = Math.max(stable, min, Math.min(pods, this.#bound(behavior.scaleDown, pods, now, -1)));
      if (next < pods) remember(this.#taken, { at: now, pods: pods - next }, behavior.scaleDown);
      return next;
    }
    return pods;
  }

  /** The nearest to the pods that there are of all that was wanted for a while. */
  #stabilized(wanted: number, pods: number, now: number): number {
    const { scaleUp, scaleDown } = this.#props.behavior;
    const [sinceUp, sinceDown] = [now - toSeconds(scaleUp.stabilization), now - toSeconds(scaleDown.stabilization)];
    let [least, most] = [wanted, wanted];
    for (const wish of this.#wishes) {
      if (wish.at > sinceUp) least = Math.min(least, wish.pods);
      if (wish.at > sinceDown) most = Math.max(most, wish.pods);
    }
    const counting = this.#wishes.findIndex(({ at }) => at > Math.min(sinceUp, sinceDown));
    this.#wishes.splice(0, counting === -1 ? this.#wishes.length : counting);
    this.#wishes.push({ at: now, pods: wanted });
    return Math.min(Math.max(pods, least), most);
  }

  /** The most pods that policies allow, or the least. @param sign 1 up, -1 down */
  #bound({ select, policies }: ScalingBehavior['scaleUp'], pods: number, now: number, sign: 1 | -1): number {
    if (select === 'Disabled') return pods;
    const bounds = policies.map((policy) => {
      const since = now - toSeconds(policy.per);
      return boundOf(policy, pods - sumSince(this.#added, since) + sumSince(this.#taken, since), sign);
    });
    return (select === 'Max') === (sign === 1) ? Math.max(...bounds) : Math.min(...bounds);
  }
}

/** @param began the pods when the policy's time began */
function boundOf(policy: ScalingPolicy, began: number, sign: 1 | -1): number {
  if ('pods' in policy) return began + sign * policy.pods;
  const bound = began * (1 + (sign * policy.percent) / 100);
  return sign === 1 ? Math.ceil(bound) : Math.trunc(bound);
}

function sumSince(changes: readonly Change[], since: number): number {
  return changes.reduce((sum, { at, pods }) => (at > since ? sum + pods : sum), 0);
}

/**
 * Also a change that no policy of its own direction asks for any more is kept until another takes its place, the youngest such first: a policy of the other direction may ask for it. So does
 * Kubernetes.
 */
function remember(changes: Change[], change: Change, { policies }: ScalingBehavior['scaleUp']): void {
  const since = change.at - Math.max(...policies.map(({ per }) => toSeconds(per)));
  const old = changes.findLastIndex(({ at }) => at < since);
  changes[old === -1 ? changes.length : old] = change;
}
