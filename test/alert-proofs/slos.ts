import { routesOfSlo, toSeconds } from '../../src/model/index.ts';
import { eachMinutes, type TrafficPhase, trafficSeries } from '../traffic-shape.ts';
import type { Proof, ProofOf, ProvedRule, ScrapedSeries } from './proof.ts';

/** The series of the service that a rule is about, while it is asked so. */
function asked(
  { labels: { namespace = '', service: name = '' }, service }: ProvedRule,
  phases: readonly TrafficPhase[],
) {
  const [route = ''] = service ? routesOfSlo(service.contract) : [];
  const latency = service?.slo?.latency;
  return trafficSeries(phases, {
    labels: { namespace, service: name, pod: `${name}-6d5f8c9b7-x2x4z`, method: 'GET', route },
    ...(latency && { edge: String(toSeconds(latency.below)) }),
  });
}

/** The requests of a minute. */
const each = 100_000;

/** @param bad what is wrong with a request @param budget the part of them of which it may be */
function burning(rule: ProvedRule, bad: 'failed' | 'late', budget: number): Proof {
  const series = (...phases: readonly TrafficPhase[]): ScrapedSeries[] => asked(rule, phases);
  /** So many times the budget. */
  const burn = (minutes: number, times: number): TrafficPhase => {
    const those = Math.round(times * budget * each);
    return { minutes, good: each - those, [bad]: those };
  };
  const isCritical = rule.labels['severity'] === 'critical';
  const least = isCritical ? 6 : 1;
  const fewest = rule.service?.slo?.minimumErrors ?? 0;
  return {
    fires: [
      // Of the longer windows there is only what has been until now: all of it burns so.
      { what: `${least * 1.1} times`, series: series(burn(60, least * 1.1)), since: 1, still: 60 },
      ...(isCritical
        ? [
            // An hour has 14.4 times after 43.9 minutes of it; six hours have 6 times after 110.
            { what: 'all at once', series: series({ minutes: 380, good: each }, burn(60, 19.7)), since: 380 + 44 },
            // The shorter window ends it.
            { what: 'and it ends', series: series(burn(60, 20), { minutes: 40, good: each }), since: 1, over: 97 },
          ]
        : [{ what: '4 times', series: series(burn(60, 4)), since: 1, still: 60 }]),
    ],
    silent: [
      { what: 'all is well', series: series({ minutes: 60, good: each }), until: 60 },
      { what: `${least * 0.95} times`, series: series(burn(60, least * 0.95)), until: 60 },
      { what: 'too few', series: series(...eachMinutes(5, fewest - 1, { [bad]: 1 })), until: 5 * (fewest - 1) },
    ],
  };
}

const availabilityBudgetBurning: ProofOf = (rule) =>
  burning(rule, 'failed', 1 - (rule.service?.slo?.availability ?? 1));

const latencyBudgetBurning: ProofOf = (rule) => burning(rule, 'late', 1 - (rule.service?.slo?.latency?.quantile ?? 1));

const fewRequestsMostFail: ProofOf = (rule) => ({
  fires: [
    {
      what: 'one each half hour, and none is answered',
      series: asked(rule, [...eachMinutes(30, 6, { failed: 1 }), ...eachMinutes(10, 6, { good: 1 })]),
      // The third, once 5 minutes show most of it.
      since: 92,
      still: 180,
      // Most of the last hour are good.
      over: 236,
    },
  ],
  silent: [
    { what: 'all is well', series: asked(rule, eachMinutes(10, 20, { good: 1 })), until: 200 },
    { what: 'two fail', series: asked(rule, eachMinutes(30, 2, { failed: 1 })), until: 60 },
    {
      what: 'most are answered',
      series: asked(rule, [
        ...eachMinutes(10, 6, { good: 1 }),
        ...eachMinutes(10, 5, { failed: 1 }),
        ...eachMinutes(10, 6, { good: 1 }),
      ]),
      until: 170,
    },
    // Then a budget burns.
    { what: 'many fail', series: asked(rule, eachMinutes(2, 60, { failed: 1 })), until: 120 },
  ],
});

export const sloProofs = {
  AvailabilityBudgetBurning: availabilityBudgetBurning,
  LatencyBudgetBurning: latencyBudgetBurning,
  FewRequestsMostFail: fewRequestsMostFail,
};
