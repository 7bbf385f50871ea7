import { podLimits, quantityValue, type Resources, type Scaling, type ScalingOf } from '../../model/index.ts';
import type { Surroundings } from './simulation.ts';

/** Something that a simulation takes for true. */
export interface Assumption {
  readonly name: string;
  readonly value: string;
  /** Whether it was said by an option, follows from the declaration, or is only what is usual. */
  readonly from: 'given' | 'declared' | 'assumed';
  /** Where it comes from. */
  readonly why: string;
  /** What says otherwise. */
  readonly option: string;
}

/** What options say. */
export type GivenSurroundings = Partial<
  Pick<
    Surroundings,
    | 'hpaSync'
    | 'hpaTolerance'
    | 'metricsInterval'
    | 'podStart'
    | 'cpuPerRequest'
    | 'cpuAtRest'
    | 'cpuRequest'
    | 'capacityPerPod'
    | 'podHourCost'
  >
>;

interface AssumedProps {
  readonly scaling: Scaling;
  readonly resources: Resources;
  readonly given: GivenSurroundings;
}

/**
 * For an hour of a processor and of a GiB of memory.
 * @see https://aws.amazon.com/fargate/pricing/ of Linux on x86 in us-east-1, in 2026
 */
const price = { processor: 0.04048, memory: 0.004445, currency: 'US dollars' };

/** A test holds these three against the recordings. */
const ofPosts = { podStart: 8, cpuPerRequest: 0.0018, cpuAtRest: 0.01 };
const measuredOfPosts = "as measured of insta's posts on a node of two processors under load";

/** All that a simulation takes for true of a service and of its cluster, and where each of it comes from. */
export function assumed({ scaling, resources, given }: AssumedProps): {
  readonly surroundings: Surroundings;
  readonly assumptions: readonly Assumption[];
} {
  const cpuRequest = given.cpuRequest ?? quantityValue(resources.cpu);
  const cpuPerRequest = given.cpuPerRequest ?? ofPosts.cpuPerRequest;
  const capacity = capacityFrom(scaling, cpuRequest / cpuPerRequest);
  const memory = quantityValue(resources.memory) / 2 ** 30;
  const surroundings: Surroundings = {
    hpaSync: 15,
    hpaTolerance: 0.1,
    metricsInterval: 15,
    ...ofPosts,
    cpuPerRequest,
    cpuRequest,
    ...(resources.cpuLimit !== undefined && { cpuLimit: quantityValue(resources.cpuLimit) }),
    capacityPerPod: capacity.perSecond,
    podHourCost: cpuRequest * price.processor + memory * price.memory,
    ...(given.podHourCost === undefined && { currency: price.currency }),
    ...given,
  };
  const {
    hpaSync,
    hpaTolerance,
    metricsInterval,
    podStart,
    cpuAtRest,
    capacityPerPod,
    podHourCost,
    currency = '',
  } = surroundings;
  const assumption = (
    key: keyof GivenSurroundings,
    name: string,
    value: string,
    option: string,
    why: string,
    from: 'declared' | 'assumed' = 'assumed',
  ): Assumption =>
    given[key] === undefined ? { name, value, from, why, option } : { name, value, from: 'given', why: '', option };
  return {
    surroundings,
    assumptions: [
      assumption(
        'capacityPerPod',
        'requests per second that one pod answers in time',
        number(capacityPerPod),
        '--capacity',
        capacity.why,
        capacity.from,
      ),
      assumption(
        'podStart',
        "from a pod's creation until it is Ready",
        `${number(podStart)} s`,
        '--pod-start',
        measuredOfPosts,
      ),
      assumption(
        'cpuPerRequest',
        'CPU that a request takes',
        `${number(cpuPerRequest * 1_000)} ms`,
        '--cpu-per-request',
        measuredOfPosts,
      ),
      assumption(
        'cpuAtRest',
        'CPU of a pod without requests',
        `${number(cpuAtRest * 1_000)}m`,
        '--cpu-at-rest',
        measuredOfPosts,
      ),
      assumption(
        'cpuRequest',
        'CPU that a pod requests',
        `${number(cpuRequest * 1_000)}m`,
        '--cpu-request',
        'resources.cpu',
        'declared',
      ),
      assumption(
        'podHourCost',
        'cost of a pod in an hour',
        `${podHourCost.toPrecision(3)} ${currency}`.trimEnd(),
        '--pod-hour-cost',
        `${resources.cpu} of CPU and ${resources.memory} of memory at the rates of AWS Fargate (us-east-1)`,
      ),
      assumption(
        'hpaSync',
        'between two looks of the HPA controller',
        `${number(hpaSync)} s`,
        '--hpa-sync',
        "Kubernetes' default",
      ),
      assumption(
        'hpaTolerance',
        'difference in pods that the HPA controller takes for none',
        `${number(hpaTolerance * 100)} %`,
        '--hpa-tolerance',
        "Kubernetes' default",
      ),
      assumption(
        'metricsInterval',
        'between two measurements of CPU by metrics-server',
        `${number(metricsInterval)} s`,
        '--metrics-interval',
        'as its manifest has it',
      ),
    ],
  };
}

function capacityFrom(
  scaling: Scaling,
  byCpu: number,
): { perSecond: number; why: string; from: 'declared' | 'assumed' } {
  switch (scaling.kind) {
    case 'steps': {
      const rows = scaling.table.filter(([upTo]) => Number.isFinite(upTo));
      const most = Math.max(...rows.map(([upTo, pods]) => upTo / pods));
      return { perSecond: most, why: 'as many as its table lets a pod have', from: 'declared' };
    }
    case 'requests':
    case 'custom':
      return { perSecond: scaling.perPod, why: 'its perPod', from: 'declared' };
    default:
      return { perSecond: byCpu, why: 'as many as use the CPU that it requests', from: 'assumed' };
  }
}

/** What one pod of a service that scales by CPU gets where its use is what is aimed at. */
export function perPodAtTarget({ cpu }: Pick<ScalingOf<'cpu'>, 'cpu'>, surroundings: Surroundings): number {
  const { cpuRequest, cpuAtRest, cpuPerRequest } = surroundings;
  const aimed = (cpu * cpuRequest) / 100;
  // Where it uses that much without a request, it always has the most pods, and no number of requests says the same.
  const perSecond = (aimed > cpuAtRest ? aimed - cpuAtRest : aimed) / cpuPerRequest;
  return Number(perSecond.toPrecision(3));
}

/** Requests per second with which all of a declaration shows: somewhat past those for which it has the most pods. */
export function peakOf(scaling: Scaling, surroundings: Surroundings): number {
  const { max } = podLimits(scaling);
  // Clearly more than a controller that has one pod less takes for no difference.
  const past = 1 + 1.5 * surroundings.hpaTolerance;
  switch (scaling.kind) {
    case 'steps': {
      const [last = 1, before = 0] = scaling.table.flatMap(([upTo]) => (Number.isFinite(upTo) ? [upTo] : [])).reverse();
      return last + (last - before) / 2;
    }
    case 'requests':
    case 'custom':
      return Math.max(max - 0.5, (max - 1) * past) * scaling.perPod;
    case 'cpu':
      return Math.max(
        (max - 0.5) * perPodAtTarget(scaling, surroundings),
        (max - 1) * perPodAtTarget({ cpu: scaling.cpu * past }, surroundings),
      );
    case 'fixed':
      return max * surroundings.capacityPerPod;
  }
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
