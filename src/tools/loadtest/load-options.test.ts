import { expect, test } from 'vitest';
import { CommandError } from '../run-command.ts';
import { type GivenOptions, loadOptions } from './load-options.ts';
import { phasesOf } from './profiles.ts';

const left: GivenOptions = {
  profile: 'steps',
  service: [],
  expect: [],
  connections: '100',
};

test('what is left out', () => {
  const { asked, limits, expected, connections } = loadOptions(left);
  expect(asked).toEqual({ profile: 'steps', hold: 120, down: 900 });
  expect(limits).toEqual({});
  expect([expected.size, connections]).toEqual([0, 100]);
});

test('all that may be said', () => {
  const given = { levels: '50,150.5', hold: '1m', down: '0s', errors: '1', latency: '2s', connections: '7' };
  expect(loadOptions({ ...left, ...given, expect: ['auth=2', 'web=0'] })).toEqual({
    asked: { profile: 'steps', levels: [50, 150.5], hold: 60, down: 0 },
    limits: { errors: 0.01, latency: 2_000 },
    expected: new Map([
      ['auth', 2],
      ['web', 0],
    ]),
    connections: 7,
  });
});

test.each<
  [given: Partial<GivenOptions>, phases: [name: string, kind: string, from: number, to: number, seconds: number][]]
>([
  [
    { levels: '50,150', hold: '30s', down: '1m' },
    [
      ['50/s', 'level', 50, 50, 30],
      ['150/s', 'level', 150, 150, 30],
      ['down', 'down', 0, 0, 60],
    ],
  ],
  [{ levels: '50', hold: '30s', down: '0s' }, [['50/s', 'level', 50, 50, 30]]],
  [{ profile: 'ramp', from: '0', to: '300', for: '2m' }, [['0/s to 300/s', 'ramp', 0, 300, 120]]],
  [{ profile: 'ramp', from: '300', to: '10' }, [['300/s to 10/s', 'ramp', 300, 10, 300]]],
  [{ profile: 'soak', rate: '20' }, [['20/s', 'level', 20, 20, 600]]],
])('the phases of %j', (given, phases) => {
  const { asked } = loadOptions({ ...left, ...given });
  if (asked.profile === 'steps' && !asked.levels) throw new Error('no levels');
  const found = phasesOf(asked.profile === 'steps' ? { ...asked, levels: asked.levels ?? [] } : asked);
  expect(found.map(({ name, kind, from, to, seconds }) => [name, kind, from, to, seconds])).toEqual(phases);
});

test.each<[given: Partial<GivenOptions>, message: string]>([
  [{ profile: 'step' }, '--profile: got step; allowed: steps | ramp | soak; fix: choose one of these'],
  [
    { rate: '5' },
    '--rate: got 5; allowed: --levels, --hold, --down with --profile steps; fix: delete it, or change --profile',
  ],
  [{ profile: 'soak', rate: '5', levels: '5' }, '--levels: got 5; allowed: --rate, --for with --profile soak'],
  [
    { profile: 'soak' },
    '--rate: got none; allowed: requests each second, with --profile soak; fix: such as --rate 100',
  ],
  [{ profile: 'ramp' }, '--to: got none; allowed: requests each second, with --profile ramp; fix: such as --to 100'],
  [{ profile: 'soak', rate: '0' }, '--rate: got 0; allowed: a number from 0.1 to 20000: requests each second'],
  [{ profile: 'soak', rate: '5', for: '8d' }, '--for: got 8d; allowed: a duration from 1s to 7d'],
  [{ profile: 'soak', rate: '5', for: 'long' }, "--for: got long; allowed: a duration such as '300ms', '5s' or '10m'"],
  [{ levels: '50,' }, '--levels: got ; allowed: a number from 0.1 to 20000: requests each second'],
  [{ levels: '50,x' }, '--levels: got x; allowed: a number'],
  [{ hold: '0s' }, '--hold: got 0s; allowed: a duration from 1s to 1d'],
  [{ errors: '101' }, '--errors: got 101; allowed: a number from 0 to 100: per cent of the requests of each service'],
  [{ latency: '1m' }, '--latency: got 1m; allowed: a duration from 1ms to 10s'],
  [{ connections: '0' }, '--connections: got 0; allowed: a whole number, at least 1, at most 10000'],
  [{ expect: ['auth'] }, '--expect: got auth; allowed: a service and its pods; fix: such as --expect auth=2'],
])('%j is wrong', (given, message) => {
  const call = () => loadOptions({ ...left, ...given });
  expect(call).toThrow(CommandError);
  expect(call).toThrow(message);
});
