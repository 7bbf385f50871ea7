import { numberFrom, secondsFrom, wholeFrom, wrongOption } from '../option-values.ts';

const profiles = ['steps', 'ramp', 'soak'] as const;
type ProfileName = (typeof profiles)[number];

/** The options as they were given. */
export interface GivenOptions {
  readonly profile: string;
  readonly service: readonly string[];
  readonly expect: readonly string[];
  readonly levels?: string;
  readonly hold?: string;
  readonly down?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rate?: string;
  readonly for?: string;
  readonly errors?: string;
  readonly latency?: string;
  readonly connections: string;
}

/** What is to be sent: rates in requests each second, times in seconds. */
export type AskedProfile =
  /** Without levels they follow from what is declared. */
  | { readonly profile: 'steps'; readonly levels?: readonly number[]; readonly hold: number; readonly down: number }
  | { readonly profile: 'ramp'; readonly from: number; readonly to: number; readonly seconds: number }
  | { readonly profile: 'soak'; readonly rate: number; readonly seconds: number };

export interface LoadOptions {
  readonly asked: AskedProfile;
  /** Errors as a part of the requests of each service, and milliseconds. What is left out is as each promises. */
  readonly limits: { readonly errors?: number; readonly latency?: number };
  /** Pods that services are to have all the while, by their names. */
  readonly expected: ReadonlyMap<string, number>;
  readonly connections: number;
}

/** Which options each profile has, and what each is where it is left out. */
const own = {
  steps: { levels: undefined, hold: '2m', down: '15m' },
  ramp: { from: '1', to: undefined, for: '5m' },
  soak: { rate: undefined, for: '10m' },
} as const satisfies Record<ProfileName, Partial<Record<keyof GivenOptions, string | undefined>>>;

const fastest = 20_000;

/** @throws CommandError with the first that is wrong */
export function loadOptions(given: GivenOptions): LoadOptions {
  return {
    asked: profileFrom(given),
    limits: {
      ...(given.errors !== undefined && {
        errors: numberFrom('--errors', given.errors, 0, 100, 'per cent of the requests of each service') / 100,
      }),
      ...(given.latency !== undefined && { latency: secondsFrom('--latency', given.latency, '1ms', '10s') * 1_000 }),
    },
    expected: new Map(given.expect.map(expectedFrom)),
    connections: wholeFrom('--connections', given.connections, 1, 10_000),
  };
}

function profileFrom(given: GivenOptions): AskedProfile {
  const profile = profiles.find((name) => name === given.profile);
  if (!profile) throw wrongOption('--profile', given.profile, profiles.join(' | '), 'choose one of these');
  checkOwn(profile, given);
  switch (profile) {
    case 'steps': {
      const { levels, hold = own.steps.hold, down = own.steps.down } = given;
      return {
        profile,
        ...(levels !== undefined && { levels: levels.split(',').map((each) => rateFrom('--levels', each)) }),
        hold: secondsFrom('--hold', hold, '1s', '1d'),
        down: secondsFrom('--down', down, '0s', '1d'),
      };
    }
    case 'ramp': {
      const { from = own.ramp.from, to, for: time = own.ramp.for } = given;
      const seconds = secondsFrom('--for', time, '1s', '7d');
      const ends = [numberFrom('--from', from, 0, fastest, 'requests each second'), needed('--to', to, profile)];
      if (ends[0] === 0 && ends[1] === 0)
        throw wrongOption('--to', '0', 'more than --from, or less', 'such as --to 100');
      return { profile, from: ends[0] ?? 0, to: ends[1] ?? 0, seconds };
    }
    case 'soak': {
      const seconds = secondsFrom('--for', given.for ?? own.soak.for, '1s', '7d');
      return { profile, rate: needed('--rate', given.rate, profile), seconds };
    }
  }
}

/** An option of another profile would be left out in silence. */
function checkOwn(profile: ProfileName, given: GivenOptions): void {
  for (const each of profiles) {
    for (const name of Object.keys(own[each]) as (keyof GivenOptions)[]) {
      const got = given[name];
      if (got === undefined || name in own[profile]) continue;
      const allowed = Object.keys(own[profile]).map((option) => `--${option}`);
      throw wrongOption(
        `--${name}`,
        got,
        `${allowed.join(', ')} with --profile ${profile}`,
        'delete it, or change --profile',
      );
    }
  }
}

function needed(option: string, got: string | undefined, profile: ProfileName): number {
  if (got === undefined)
    throw wrongOption(option, 'none', `requests each second, with --profile ${profile}`, `such as ${option} 100`);
  return rateFrom(option, got);
}

function rateFrom(option: string, text: string): number {
  return numberFrom(option, text, 0.1, fastest, 'requests each second');
}

function expectedFrom(text: string): [service: string, pods: number] {
  const [, service, pods] = /^([a-z][a-z0-9-]*)=(\d{1,4})$/.exec(text) ?? [];
  if (service === undefined) throw wrongOption('--expect', text, 'a service and its pods', 'such as --expect auth=2');
  return [service, Number(pods)];
}
