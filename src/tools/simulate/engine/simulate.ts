import { podLimits, type Scaling, scrapeSeconds, toSeconds } from '../../../model/index.ts';
import type { Moment, ScaleEvent, Simulation, Surroundings, Trace } from '../simulation.ts';
import { autoscaler } from './autoscaler.ts';
import { Pods } from './pods.ts';
import { requestsBySecond } from './requests-by-second.ts';
import { RunningSum } from './running-sum.ts';
import { settlingTime } from './settling-time.ts';

/** A Monday. */
const monday = new Date(Date.UTC(2024, 0, 1));

/**
 * What a declared scaling makes of traffic, second by second, by the algorithms of the HPA controller, KEDA, Prometheus and metrics-server. The same always follows from the same.
 *
 * Before the trace its first rate has held for long enough that pods are no longer added or taken away for it. All intervals are counted from the start of the trace. The requests of a
 * second are shared evenly among the pods that are Ready in it.
 *
 * Not simulated: memory, a Prometheus or a metrics-server that does not answer, and so `fallback`; nodes without room; rollouts; the processor that a pod needs to start; and that a pod with more
 * requests than it can answer counts them late. Real shares differ, as connections are kept: the demand that Prometheus sees then goes up and down where that of the simulation does not.
 */
export function simulate(trace: Trace, scaling: Scaling, surroundings: Surroundings): Simulation {
  const { podStart, cpuPerRequest, cpuAtRest, cpuLimit = Infinity } = surroundings;
  const requests = requestsBySecond(trace);
  const from = -settlingTime(scaling, surroundings);
  const pods = new Pods({
    podStart,
    scrapeInterval: scrapeSeconds(scaling),
    remembered: 'window' in scaling ? toSeconds(scaling.window) : 0,
  });
  const [perPod, used] = [new RunningSum(from, requests.length), new RunningSum(from, requests.length)];
  const startsAt = (trace.startsAt ?? monday).getTime() / 1_000;
  const scaled = scaling.kind === 'fixed' ? () => scaling.replicas : autoscaler({ scaling, surroundings, startsAt });

  const moments: Moment[] = [];
  const events: ScaleEvent[] = [];
  pods.scaleTo(podLimits(scaling).min, from - podStart);
  for (let now = from; now < requests.length; now++) {
    const perSecond = requests[Math.max(0, now)] ?? 0;
    const before = pods.living.length;
    const wanted = scaled({ now, pods, perSecond, perPod, used });
    if (wanted !== before) {
      pods.scaleTo(wanted, now);
      if (now >= 0) events.push({ at: now, from: before, to: wanted });
    }
    const ready = pods.ready(now);
    const share = ready === 0 ? 0 : perSecond / ready;
    perPod.add(share);
    used.add(Math.min(cpuLimit, cpuAtRest + share * cpuPerRequest));
    if (now >= 0) moments.push({ at: now, perSecond, pods: wanted, ready });
  }
  return { scaling, moments, events };
}
