import { expect, test } from 'vitest';
import { CommandError } from '../run-command.ts';
import { type GivenOptions, simulateOptions } from './simulate-options.ts';

const left: GivenOptions = { service: [], environment: 'local', out: 'simulation-report' };
const now = new Date('2026-11-22T12:00:00Z');

test('what is left out', () => {
  expect(simulateOptions(left, now)).toEqual({
    source: { kind: 'profile', profile: 'day', peak: undefined },
    given: {},
    slo: undefined,
  });
  expect(simulateOptions({ ...left, optimise: true }, now).slo).toBeCloseTo(0.999, 9);
});

test('all that may be said of the surroundings', () => {
  const given = { podStart: '1500ms', cpuPerRequest: '0.4ms', cpuAtRest: '2m', cpuRequest: '0.1', capacity: '12.5' };
  const rest = { podHourCost: '0.03', hpaSync: '5s', hpaTolerance: '5', metricsInterval: '10s' };
  expect(simulateOptions({ ...left, ...given, ...rest }, now).given).toEqual({
    ...{ podStart: 1.5, cpuPerRequest: 0.0004, cpuAtRest: 0.002, cpuRequest: 0.1, capacityPerPod: 12.5 },
    ...{ podHourCost: 0.03, hpaSync: 5, hpaTolerance: 0.05, metricsInterval: 10 },
  });
});

test.each<[given: Partial<GivenOptions>, from: string, to: string]>([
  [{}, '2026-11-21T12:00:00Z', '2026-11-22T12:00:00Z'],
  [{ for: '2h' }, '2026-11-22T10:00:00Z', '2026-11-22T12:00:00Z'],
  [{ from: '2026-11-20T12:00:00Z' }, '2026-11-20T12:00:00Z', '2026-11-22T12:00:00Z'],
  [{ from: '2026-11-20', for: '1h' }, '2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z'],
  [{ to: '2026-11-20T12:00:00+02:00', for: '1h' }, '2026-11-20T09:00:00Z', '2026-11-20T10:00:00Z'],
  [{ from: '2026-11-20T10:00Z', to: '2026-11-20T11:00Z' }, '2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z'],
])('of a Prometheus with %j', (given, from, to) => {
  const { source } = simulateOptions({ ...left, prometheus: 'http://127.0.0.1:9090', ...given }, now);
  expect(source).toMatchObject({ kind: 'prometheus', from: new Date(from), to: new Date(to) });
});

test.each<[given: Partial<GivenOptions>, message: string]>([
  [{ profile: 'soak' }, '--profile: got soak; allowed: ramp | spike | day; fix: choose one of these'],
  [
    { profile: 'day', trace: 'a.csv' },
    '--trace: got a.csv; allowed: one of --profile, --trace, --prometheus; fix: leave it out, or --profile',
  ],
  [{ trace: 'a.csv', peak: '5' }, '--peak: got 5; allowed: only with --profile; fix: leave it out, or add --profile'],
  [{ for: '1h' }, '--for: got 1h; allowed: only with --prometheus; fix: leave it out, or add --prometheus'],
  [{ slo: '99' }, '--slo: got 99; allowed: only with --optimise; fix: leave it out, or add --optimise'],
  [
    { optimise: true, slo: '0.5' },
    '--slo: got 0.5; allowed: a number from 1 to 100: per cent of time; fix: write one in that range',
  ],
  [
    { peak: '0' },
    '--peak: got 0; allowed: a number from 0.1 to 1000000: requests per second; fix: write one in that range',
  ],
  [
    { prometheus: 'prometheus:9090' },
    '--prometheus: got prometheus:9090; allowed: the URL of a Prometheus; fix: such as --prometheus http://127.0.0.1:9090',
  ],
  [
    { prometheus: 'ftp://ann:sesame@a' },
    '--prometheus: got ftp://(hidden)@a; allowed: the URL of a Prometheus; fix: such as --prometheus http://127.0.0.1:9090',
  ],
  [
    { prometheus: 'ann:ses@me@a' },
    '--prometheus: got (hidden)@a; allowed: the URL of a Prometheus; fix: such as --prometheus http://127.0.0.1:9090',
  ],
  [
    { prometheus: 'http:ann:sesame@a?b=c' },
    '--prometheus: got (hidden)@a?b=c; allowed: the URL of a Prometheus; fix: such as --prometheus http://127.0.0.1:9090',
  ],
  [
    { prometheus: 'http://a', from: 'yesterday' },
    '--from: got yesterday; allowed: a time with its zone; fix: such as --from 2026-11-22T10:00:00Z',
  ],
  [
    { prometheus: 'http://a', to: '2026-11-22T10:00' },
    '--to: got 2026-11-22T10:00; allowed: a time with its zone; fix: such as --to 2026-11-22T10:00:00Z',
  ],
  [
    { prometheus: 'http://a', from: '2026-11-21', to: '2026-11-22', for: '1d' },
    '--for: got 1d; allowed: two of --from, --to and --for; fix: leave one of them out',
  ],
  [
    { prometheus: 'http://a', from: '2026-11-22', to: '2026-11-21' },
    '--to: got 2026-11-21; allowed: from 1m to 7d between --from and --to; fix: choose another time',
  ],
  [
    { prometheus: 'http://a', from: '2026-11-01' },
    '--from: got 2026-11-01; allowed: from 1m to 7d between --from and --to; fix: choose another time',
  ],
  [
    { prometheus: 'http://a', for: '8d' },
    '--for: got 8d; allowed: a duration from 1m to 7d; fix: choose one in that range',
  ],
  [
    { podStart: 'soon' },
    "--pod-start: got soon; allowed: a duration such as '300ms', '5s' or '10m'; fix: write a number and its unit",
  ],
  [
    { cpuPerRequest: '2' },
    '--cpu-per-request: got 2; allowed: milliseconds of one processor, above 0ms to 60000ms; fix: such as --cpu-per-request 3.5ms',
  ],
  [
    { cpuPerRequest: '0ms' },
    '--cpu-per-request: got 0ms; allowed: milliseconds of one processor, above 0ms to 60000ms; fix: such as --cpu-per-request 3.5ms',
  ],
  [
    { cpuAtRest: '-1m' },
    '--cpu-at-rest: got -1m; allowed: processors from 0m to 1000, such as 0.5 or 250m; fix: such as --cpu-at-rest 50m',
  ],
  [
    { cpuRequest: '0' },
    '--cpu-request: got 0; allowed: processors from 1m to 1000, such as 0.5 or 250m; fix: such as --cpu-request 50m',
  ],
  [
    { capacity: '0' },
    '--capacity: got 0; allowed: a number from 0.001 to 1000000: requests per second of one pod; fix: write one in that range',
  ],
  [
    { podHourCost: '$1' },
    '--pod-hour-cost: got $1; allowed: a number from 0 to 1000000: in any currency; fix: write one in that range',
  ],
  [{ hpaSync: '0s' }, '--hpa-sync: got 0s; allowed: a duration from 1s to 10m; fix: choose one in that range'],
  [{ hpaSync: '1500ms' }, '--hpa-sync: got 1500ms; allowed: whole seconds; fix: write them without a fraction'],
  [
    { hpaTolerance: '101' },
    '--hpa-tolerance: got 101; allowed: a number from 0 to 100: per cent; fix: write one in that range',
  ],
  [
    { metricsInterval: '1h' },
    '--metrics-interval: got 1h; allowed: a duration from 1s to 10m; fix: choose one in that range',
  ],
])('%j is wrong', (given, message) => {
  expect(() => simulateOptions({ ...left, ...given }, now)).toThrow(new CommandError(message, 2));
});
