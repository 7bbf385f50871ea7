import type { Simulation, Surroundings } from './simulation.ts';

/** What a simulation comes to. */
export interface Summary {
  /** Of pods that there are, Ready or not. */
  readonly podHours: number;
  /** In the currency of `podHourCost`. */
  readonly cost: number;
  /** The highest part of its capacity that the pods that are Ready had to do at once: past 1 requests wait. Infinity where there was none. */
  readonly worstSaturation: number;
  /** Seconds in which more requests came than the pods that are Ready answer in time. */
  readonly secondsUnder: number;
  /** Requests that came and were more than that. */
  readonly requestsOver: number;
  /** Requests that came. */
  readonly requests: number;
  /** Changes of the number of pods. */
  readonly scaleEvents: number;
  /** Pods at most, Ready or not. */
  readonly mostPods: number;
}

/** What a simulation comes to in pods, money and requests that were too many. */
export function summaryOf({ moments, events }: Simulation, surroundings: Surroundings): Summary {
  const { capacityPerPod, podHourCost } = surroundings;
  let [podSeconds, worstSaturation, secondsUnder, requestsOver, requests, mostPods] = [0, 0, 0, 0, 0, 0];
  for (const { perSecond, pods, ready } of moments) {
    const capacity = ready * capacityPerPod;
    podSeconds += pods;
    requests += perSecond;
    mostPods = Math.max(mostPods, pods);
    if (perSecond === 0) continue;
    worstSaturation = Math.max(worstSaturation, perSecond / capacity);
    if (perSecond <= capacity) continue;
    secondsUnder++;
    requestsOver += perSecond - capacity;
  }
  const podHours = podSeconds / 3_600;
  return {
    podHours,
    cost: podHours * podHourCost,
    worstSaturation,
    secondsUnder,
    requestsOver,
    requests,
    scaleEvents: events.length,
    mostPods,
  };
}
