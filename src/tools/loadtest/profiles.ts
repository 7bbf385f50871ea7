import type { AskedProfile } from './load-options.ts';
import type { Phase } from './phase.ts';

/** How the requests of a load test change over its time, with the levels that were named or declared. */
export type Profile =
  | Exclude<AskedProfile, { profile: 'steps' }>
  | Required<Extract<AskedProfile, { profile: 'steps' }>>;

/** The phases of a profile. Its times are in seconds, its rates in requests each second. */
export function phasesOf(given: Profile): Phase[] {
  switch (given.profile) {
    case 'steps': {
      const levels = given.levels.map((rate) => level(`${rate}/s`, rate, given.hold));
      const down: Phase = { name: 'down', kind: 'down', from: 0, to: 0, seconds: given.down };
      return given.down > 0 ? [...levels, down] : levels;
    }
    case 'ramp': {
      const { from, to, seconds } = given;
      return [{ name: `${from}/s to ${to}/s`, kind: 'ramp', from, to, seconds }];
    }
    case 'soak':
      return [level(`${given.rate}/s`, given.rate, given.seconds)];
  }
}

function level(name: string, rate: number, seconds: number): Phase {
  return { name, kind: 'level', from: rate, to: rate, seconds };
}
