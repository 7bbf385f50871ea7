import { z } from 'zod';
import { cronSchedule } from './cron.ts';
import { type AddProblem, across, listOf, oneOfKinds, rule, strict, wholeNumber } from './declaration-error.ts';
import { type Duration, secondsFrom, toSeconds } from './duration.ts';
import { isRequestRate, measure, requestRate } from './measure.ts';
import { behaviorOfDemand, behaviorOfUse } from './scaling-behavior.ts';

const most = 1_000;
const pods = wholeNumber(1, most);
const percent = wholeNumber(1, 100);
const positive = z.custom<number>((value) => typeof value === 'number' && value > 0, {
  error: rule('a number above 0', 'write how much there is per second, or Infinity in the last row'),
});
const perPod = z.custom<number>((value) => typeof value === 'number' && value >= 0.001 && value < 1e9, {
  error: rule('a number from 0.001 to 1e9', 'write how much of it one pod is to have'),
});

const limits = {
  /** Pods, at least. */
  min: pods,
  /** Pods, at most. */
  max: pods,
};

/** Of whatever asks Prometheus. */
const asked = {
  /**
   * Over how long what is counted is averaged. Shorter sees a rise sooner, and more noise. Prometheus scrapes the service six times in it, each 5 s to 15 s. To KEDA
   * a rise counts as the last half of it has it.
   * @default '30s'
   */
  window: secondsFrom('20s', '10m').default('30s'),
};

/** As the IANA database writes them: KEDA takes neither other letters nor an offset, and would then scale nothing at all. */
const timeZones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);

const scheduled = strict({
  /** When it begins, as a cron line of five fields. */
  from: cronSchedule,
  /** When it ends. */
  to: cronSchedule,
  /** Whose clock counts, such as `Europe/Berlin`. */
  timezone: z.custom<string>((value) => timeZones.has(String(value)), {
    error: rule('a time zone such as Europe/Berlin or UTC', 'name one of the IANA database'),
  }),
  /** Pods, at least, while it lasts. */
  pods,
});

/** Of the kinds that KEDA does. */
const byKeda = {
  ...asked,
  /**
   * When it has no pods at all, for a service with a `coldStart`: whoever asks it then waits while it starts. Awake it has its pods as ever.
   * @default - never
   */
  idle: strict({
    /** After so long without demand, which lasts one `window` longer than requests, and two where they waited. At least `window`, and at most `24h`. */
    after: secondsFrom('20s', '24h'),
  }).optional(),
  /**
   * Pods, at least, while nobody can tell the demand, such as without Prometheus: those that there are stay, and fewer become so many.
   * No fewer than any schedule has. @default - half of max, rounded up
   */
  fallback: pods.optional(),
  /** Times at which there are more pods, whatever the demand. @default - none */
  schedules: z.array(scheduled).readonly().default([]),
  behavior: behaviorOfDemand.prefault({}),
};

const row = z.tuple([positive, pods], {
  error: rule('a row [up to, pods] such as [100, 2]', 'write both numbers'),
});

/** What suits a small service whose pod answers 50 requests per second with ease. */
const usualTable: [number, number][] = [
  [100, 2],
  [200, 4],
  [300, 6],
  [Infinity, 10],
];

const fixedKind = strict({
  kind: z.literal('fixed'),
  /** Pods, always. */
  replicas: pods,
});

const cpuKind = strict({
  kind: z.literal('cpu'),
  ...limits,
  /** Average use of the requested CPU that is aimed at, in per cent. */
  cpu: percent,
  /** Average use of the requested memory that is aimed at, in per cent. @default - memory does not scale */
  memory: percent.optional(),
  behavior: behaviorOfUse.prefault({}),
});

/** How many pods something has that counts no requests of its own, such as a gateway. */
export const scalingByUse = across(oneOfKinds('kind', [fixedKind, cpuKind]), checkLimits);

/** How many pods a service has. A union, so two autoscalers on one Deployment cannot be written. */
export const scaling = across(
  oneOfKinds('kind', [
    fixedKind,
    cpuKind,
    strict({
      kind: z.literal('requests'),
      ...limits,
      /** Requests per second that one pod is to have. */
      perPod,
      /** Average use of the requested CPU, in per cent, past which pods are added although the requests would not ask for them. @default - CPU does not count */
      cpu: percent.optional(),
      ...byKeda,
    }),
    strict({
      kind: z.literal('steps'),
      /** What the table is by. @default - `requestRate`, the requests per second */
      metric: measure.default(requestRate),
      /**
       * Rows of how much per second, up to and including, and how many pods for it. Both rise; the last row is for Infinity.
       * @default - up to 100 2, up to 200 4, up to 300 6, and 10 above
       */
      table: listOf(row, 'row', 'write rows such as [100, 2], the last one for Infinity').prefault(usualTable),
      ...byKeda,
    }),
    strict({
      kind: z.literal('custom'),
      ...limits,
      /** What is shared among the pods. @default - `requestRate`, the requests per second */
      metric: measure.default(requestRate),
      /** How much of it one pod is to have. */
      perPod,
      ...asked,
      behavior: behaviorOfDemand.prefault({}),
    }),
  ]),
  (declared, add) => {
    checkLimits(declared, add);
    if (declared.kind === 'steps') checkTable(declared, add);
    if (declared.kind === 'steps' || declared.kind === 'requests') checkKeda(declared, add);
    if ('window' in declared) checkCalm(declared, add);
  },
);

export type Scaling = z.output<typeof scaling>;
export type ScalingOf<Kind extends Scaling['kind']> = Extract<Scaling, { kind: Kind }>;
type Given<Kind extends Scaling['kind']> = Extract<z.input<typeof scaling>, { kind: Kind }>;
type Options<Kind extends Scaling['kind']> = Omit<Given<Kind>, 'kind'>;

/** No key but those of a shape: a type that is inferred would take any. */
export type Only<Given, Shape> = { readonly [Key in Exclude<keyof Given, keyof Shape>]: never };

/** What an HPA takes for no difference: less than a tenth more or less pods than there are. */
const tolerance = 0.1;

function checkLimits(declared: Scaling, add: AddProblem): void {
  if ('min' in declared && declared.min > declared.max)
    add(['max'], declared.max, `at least min, which is ${declared.min}`, 'raise max or lower min');
}

function checkTable({ metric, table, window }: ScalingOf<'steps'>, add: AddProblem): void {
  if (table.length === 1) add(['table'], table, 'at least two rows', 'write fixed(...) for a number that stays');
  for (const [index, [upTo, wanted]] of table.entries()) {
    const isLast = index === table.length - 1;
    const [before = 0, fewer] = table[index - 1] ?? [];
    const at = (column: 0 | 1) => ['table', index, column];
    if (isLast !== (upTo === Infinity)) {
      const fix = isLast ? 'write Infinity: else nobody knows what is past it' : 'write where the next row begins';
      add(at(0), upTo, isLast ? 'Infinity in the last row' : 'Infinity in the last row only', fix);
    } else if (upTo <= before && before !== Infinity) {
      add(at(0), upTo, `more than the row before it, which is up to ${before}`, 'write the rows in order');
    } else if (metric.of === 'rate' && !isLast) {
      const least = endAfter(before, window);
      const allowed = `at least ${least}: what is counted over half of ${window} differs by up to ${noise(least, window).toFixed(1)}/s by chance alone, and pods would come and go with it`;
      if (upTo < least) add(at(0), upTo, allowed, 'make the row wider, or window longer');
    }
    if (fewer === undefined) continue;
    if (wanted <= fewer) {
      add(at(1), wanted, `more pods than the row before it, which has ${fewer}`, 'raise it, or delete the row');
    } else if (wanted < podsAfter(fewer)) {
      const least = podsAfter(fewer);
      const allowed = `at least ${least} after ${fewer}: a difference of a tenth or less an HPA does not act on`;
      add(at(1), wanted, allowed, 'raise it, or delete the row');
    }
  }
}

/**
 * By how much a rate of events that come by chance differs from one look to the next, where a rise counts as half of the window has it: four times its standard
 * deviation, which 1 of 16,000 looks exceeds.
 */
function noise(perSecond: number, window: Duration): number {
  return 4 * Math.sqrt(perSecond / (toSeconds(window) / 2));
}

/** The least pods of a row of `steps` after one with fewer. */
export function podsAfter(fewer: number): number {
  return Math.floor(fewer / (1 - tolerance)) + 1;
}

/** The least end of a row of `steps` by a rate: it is its own noise above the end of the row before, which is 0 before the first. */
export function endAfter(before: number, window: Duration): number {
  const factor = noise(1, window) ** 2;
  const least = before + (factor + Math.sqrt(factor ** 2 + 4 * factor * before)) / 2;
  return least < 10 ? Math.ceil(least * 100) / 100 : Math.ceil(least);
}

function checkKeda(declared: ScalingOf<'steps' | 'requests'>, add: AddProblem): void {
  const { fallback, schedules, idle, window } = declared;
  const { min, max } = podLimits(declared);
  if (idle && toSeconds(idle.after) < toSeconds(window)) {
    const allowed = `at least window, which is ${window}: a single empty window is no quiet time`;
    add(['idle', 'after'], idle.after, allowed, 'raise it, or shorten window');
  }
  if (idle && 'metric' in declared && !isRequestRate(declared.metric)) {
    const fix =
      'delete it, or scale by requests: a service that is asked would else go to sleep for lack of something else';
    add(['idle'], idle, `no idle beside ${declared.metric.metric.name}`, fix);
  }
  // Else nothing is in between, and that is the mistake.
  if (min > max) return;
  const allowed = `${min} to ${max}, which are min and max`;
  if (fallback !== undefined && (fallback < min || fallback > max))
    add(['fallback'], fallback, allowed, 'choose a number of pods in between');
  for (const [index, each] of schedules.entries()) {
    if (each.pods < min || each.pods > max)
      add(['schedules', index, 'pods'], each.pods, allowed, 'choose a number of pods in between');
    if (each.from === each.to) add(['schedules', index, 'to'], each.to, 'another time than from', 'write when it ends');
  }
}

/** Pods that go before the measure has seen all of its window go for a lull that it has not forgotten yet. */
function checkCalm({ window, behavior }: ScalingOf<'steps' | 'requests' | 'custom'>, add: AddProblem): void {
  const { stabilization } = behavior.scaleDown;
  if (toSeconds(stabilization) < toSeconds(window)) {
    const allowed = `at least window, which is ${window}: pods would come and go with what is measured once more`;
    add(['behavior', 'scaleDown', 'stabilization'], stabilization, allowed, 'raise it, or shorten window');
  }
}

/** The least and the most pods that a service has, apart from those of a rollout. */
export function podLimits(declared: Scaling): { readonly min: number; readonly max: number } {
  switch (declared.kind) {
    case 'fixed':
      return { min: declared.replicas, max: declared.replicas };
    case 'steps':
      return { min: declared.table[0]?.[1] ?? 1, max: declared.table.at(-1)?.[1] ?? 1 };
    default:
      return { min: declared.min, max: declared.max };
  }
}

/** After how long without a request it has no pods at all; undefined where it always has some. */
export function idleAfter(declared: Scaling): Duration | undefined {
  return 'idle' in declared ? declared.idle?.after : undefined;
}

/** The pods that there are at least while nobody can tell the demand. */
export function fallbackPods(declared: ScalingOf<'steps' | 'requests'>): number {
  const { min, max } = podLimits(declared);
  // Without an answer KEDA takes the fallback in place of a formula, schedules included.
  const scheduled = declared.schedules.map(({ pods: each }) => each);
  return Math.max(min, declared.fallback ?? Math.ceil(max / 2), ...scheduled);
}

/** How often Prometheus scrapes a service that scales so, in seconds. */
export function scrapeSeconds(declared: Scaling): number {
  if (!('window' in declared)) return 15;
  return Math.min(15, Math.max(5, Math.floor(toSeconds(declared.window) / 6)));
}

/** How often KEDA itself looks at the demand of a service that scales so, in seconds: more often where there may be no pods, as its looks wake it. Its HPA looks besides. */
export function pollingSeconds(declared: Scaling): number {
  return idleAfter(declared) === undefined ? 15 : 5;
}

/** The pods that a demand is answered with, once it has lasted: none for none where it may be idle. Undefined where the demand alone does not say, as by CPU. */
export function podsFor(declared: Scaling, demand: number): number | undefined {
  if (demand <= 0 && idleAfter(declared) !== undefined) return 0;
  const { min, max } = podLimits(declared);
  switch (declared.kind) {
    case 'fixed':
      return declared.replicas;
    case 'cpu':
      return undefined;
    case 'steps':
      return declared.table.find(([upTo]) => demand <= upTo)?.[1];
    case 'requests':
    case 'custom':
      return Math.min(max, Math.max(min, Math.ceil(demand / declared.perPod)));
  }
}

/** The same number of pods, always. */
export function fixed(replicas: number): Given<'fixed'> {
  return { kind: 'fixed', replicas };
}

/** Pods by CPU, and by memory where it is named: a HorizontalPodAutoscaler. */
export function cpu(options: Options<'cpu'>): Given<'cpu'> {
  return { kind: 'cpu', ...options };
}

/** Pods by requests per second, so many for each, by KEDA. */
export function requests<const O extends Options<'requests'>>(options: O & Only<O, Given<'requests'>>) {
  return { kind: 'requests' as const, ...(options as O) };
}

/** Pods by a table, by KEDA. It takes no CPU beside it: KEDA knows none in a formula. */
export function steps<const O extends Options<'steps'> = Record<never, never>>(options?: O & Only<O, Given<'steps'>>) {
  return { kind: 'steps' as const, ...(options as O) };
}

/** Pods by any measure, so much for each, by a HorizontalPodAutoscaler and prometheus-adapter: for clusters without KEDA. */
export function custom(options: Options<'custom'>): Given<'custom'> {
  return { kind: 'custom', ...options };
}
