import { z } from 'zod';
import { rule, strict, wholeNumber } from './declaration-error.ts';
import { durationFrom } from './duration.ts';
import { podLimits, type Scaling } from './scaling.ts';

/** A threshold that may be left to what is usual, and with which its alert may be switched off. */
function threshold<Value extends z.ZodType>(value: Value, allowed: string) {
  const error = rule(`${allowed}, or 'off'`, "write one of these, or 'off' for no such alert");
  // A union would forget 'off' in what it says of a value that is nearly right.
  return z
    .custom<z.output<Value> | 'off'>((given) => given === 'off' || value.safeParse(given).success, { error })
    .optional();
}

/** How long something must be so before somebody is told. */
const lasting = threshold(durationFrom('1m', '1d'), 'a duration from 1m to 1d');
const whole = (most: number) => threshold(wholeNumber(1, most), `a whole number from 1 to ${most}`);
/** Of what is 100 at most: nothing is ever above that. */
const percent = whole(99);
/** In an hour. A pod that is held back for five minutes each time, and runs for a moment, has a few more. */
const restarts = whole(10);
const ending = threshold(durationFrom('1h', '90d'), 'a duration from 1h to 90d');

/**
 * When somebody is told of a service, each under the name of its alert; `'off'` switches one off. What is left out is as usual.
 * @see docs/reference/alerts.md
 */
export const serviceThresholds = strict({
  /** Prometheus has reached none of its pods for so long. @default - 3m */
  serviceDown: lasting,
  /** Prometheus has not reached a pod for so long. @default - 10m */
  podNotScraped: lasting,
  /** Restarts of a pod in an hour, while it is held back before the next. @default - 3 */
  podCrashLooping: restarts,
  /** A pod has run without being ready for so long. @default - 10m */
  podNotReady: lasting,
  /** A pod has not started for so long. @default - 10m */
  podPending: lasting,
  /** It has had fewer pods than it should for so long. @default - 15m */
  deploymentDegraded: lasting,
  /** Per cent of the requested CPU, of all pods on average. Where it scales by CPU, usually a fifth more than is aimed at, if that is above. @default - 80 */
  highCPUUsage: whole(1_000),
  /** Per cent of the memory that a pod may have. @default - 90 */
  highMemoryUsage: percent,
  /** How late the event loop of a pod comes in 1 of 100 turns. @default - 200ms */
  eventLoopLagging: threshold(durationFrom('10ms', '1m'), 'a duration from 10ms to 1m'),
  /** Requests per second. @default - nine tenths of what its scaling is made for; none where that does not go by requests */
  highTraffic: threshold(z.number().positive(), 'a number above 0'),
  /** Its autoscaler has wanted the most pods that it may have for so long. @default - 15m */
  autoscalerAtMaximum: lasting,
  /** Its HorizontalPodAutoscaler has had no measure for so long. @default - 10m */
  autoscalerFailing: lasting,
  /** The trigger of its ScaledObject has failed time and again for so long. @default - 10m */
  scaledObjectFailing: lasting,
  /** Per cent of its calls of another service that end without an answer. @default - 25 */
  edgeFailing: percent,
  /** Per cent of its calls of an API outside that fail. @default - 50 */
  outsideFailing: percent,
  /** Per cent of what it asks a store that ends in an error. @default - 25 */
  storeFailing: percent,
  /** Queries that wait for a connection in one pod all the time. @default - 3 */
  databaseConnectionsExhausted: whole(10_000),
  /** Log-ins per minute that fail, of a service whose metrics have the counter `failedLogins`. @default - 60 */
  failedLogInsSurge: whole(100_000),
});

type Given = z.output<typeof serviceThresholds>;

/** All the thresholds of a service. Of traffic there may be none. */
export type ServiceThresholds = {
  readonly [Name in Exclude<keyof Given, 'highTraffic'>]-?: Exclude<Given[Name], undefined>;
} & {
  readonly highTraffic?: Given['highTraffic'];
};

/** What holds where nobody says otherwise. */
export const usualThresholds = {
  serviceDown: '3m',
  podNotScraped: '10m',
  podCrashLooping: 3,
  podNotReady: '10m',
  podPending: '10m',
  deploymentDegraded: '15m',
  highCPUUsage: 80,
  highMemoryUsage: 90,
  eventLoopLagging: '200ms',
  autoscalerAtMaximum: '15m',
  autoscalerFailing: '10m',
  scaledObjectFailing: '10m',
  edgeFailing: 25,
  outsideFailing: 50,
  storeFailing: 25,
  databaseConnectionsExhausted: 3,
  failedLogInsSurge: 60,
} as const satisfies ServiceThresholds;

/** As far as it decides which alerts there can be. */
interface Alerted {
  readonly calls: readonly unknown[];
  readonly outside: object;
  readonly uses: { readonly database?: unknown; readonly keyValue?: unknown; readonly objects?: unknown };
  readonly metrics: Readonly<Record<string, { readonly type: string }>>;
}

/** What a service must have for the alert of a threshold, and whether it does: `scaling` where it is known. Every other alert can come true of any service. */
const needs: Partial<Record<keyof Given, readonly [what: string, has: (of: Alerted, scaling?: Scaling) => boolean]>> = {
  failedLogInsSurge: ['counter failedLogins in metrics', ({ metrics }) => metrics['failedLogins']?.type === 'counter'],
  edgeFailing: ['other service in calls', ({ calls }) => calls.length > 0],
  outsideFailing: ['API in outside', ({ outside }) => Object.keys(outside).length > 0],
  storeFailing: ['store in uses', ({ uses }) => Boolean(uses.database ?? uses.keyValue ?? uses.objects)],
  databaseConnectionsExhausted: ['database in uses', ({ uses }) => uses.database !== undefined],
  autoscalerAtMaximum: [
    'autoscaler with a max above its min',
    (_, scaling) => scaling === undefined || podLimits(scaling).min < podLimits(scaling).max,
  ],
  autoscalerFailing: ['autoscaler', (_, scaling) => scaling?.kind !== 'fixed'],
  scaledObjectFailing: [
    'scaling by steps or requests',
    (_, scaling) => scaling === undefined || scaling.kind === 'steps' || scaling.kind === 'requests',
  ],
};

/**
 * The thresholds of a service whose alerts it never has, each with why: they would change nothing, in silence.
 *
 * @param scaling how it scales there. @default - in some way, which differs by environment
 */
export function vainThresholds(given: Given, service: Alerted & { readonly name: string }, scaling?: Scaling) {
  return (Object.entries(needs) as [keyof Given, NonNullable<(typeof needs)[keyof Given]>][]).flatMap(
    ([name, [what, has]]) =>
      given[name] === undefined || has(service, scaling)
        ? []
        : [
            {
              name,
              got: given[name],
              allowed: `nothing, as ${service.name} has no ${what}`,
              fix: 'delete it, or declare that',
            },
          ],
  );
}

/** What holds for a service that scales so: each later of these overrides single thresholds of those before. */
export function thresholdsOf(scaling: Scaling, ...given: readonly Given[]): ServiceThresholds {
  return { ...usualThresholds, highCPUUsage: usualCpu(scaling), ...Object.fromEntries(given.flatMap(writtenIn)) };
}

/** An autoscaler adds pods only past a tenth more than it aims at: what its pods use all day long is told nobody. */
function usualCpu(scaling: Scaling): number {
  const aim = 'cpu' in scaling ? (scaling.cpu ?? 0) : 0;
  return Math.max(usualThresholds.highCPUUsage, Math.round(aim * 1.2));
}

const on = threshold(z.literal('on'), "'on'");

/**
 * When somebody is told of a system as a whole, or of what in it is no service. As with those of a service.
 * @see docs/reference/alerts.md
 */
export const systemThresholds = strict({
  /** Always fires, so that its silence tells. @default - on */
  watchdog: on,
  /** kube-state-metrics has not been scraped for so long. @default - 10m */
  kubeStateMetricsMissing: lasting,
  /** A database has no recent backup. @default - on */
  backupMissing: on,
  /** The last backup of a database failed. @default - on */
  backupFailed: on,
  /** A gateway has had fewer pods than it should for so long. @default - 5m */
  gatewayDegraded: lasting,
  /** A store in the cluster has not been ready for so long. @default - 5m */
  storeDown: lasting,
  /** Restarts of a pod of a gateway or a store in an hour, while it is held back before the next. @default - 3 */
  podCrashLooping: restarts,
  /** A pod of a gateway or a store has run without being ready for so long. @default - 10m */
  podNotReady: lasting,
  /** A pod of a gateway or a store has not started for so long. @default - 10m */
  podPending: lasting,
  /** No server of a cluster of CloudNativePG has answered for so long. @default - 5m */
  databaseDown: lasting,
  /** Per cent of a server's connections that are in use. @default - 85 */
  databaseServerConnectionsExhausted: percent,
  /** A standby has been missing for so long. @default - 15m */
  databaseStandbyMissing: lasting,
  /** Changes have not reached the archive for so long. @default - 10m */
  databaseArchiveFailing: lasting,
  /** A cluster of CloudNativePG has no recent copy. @default - on */
  databaseBackupMissing: on,
  /** How long before its end a certificate should have been renewed. @default - 21d */
  certificateExpiring: ending,
  /** The same, when somebody must look at once. @default - 3d */
  certificateAlmostExpired: ending,
  /** Per cent of a volume that are free; twice as much where the last six hours say that four days will fill it. @default - 15 */
  volumeFilling: percent,
  /** Per cent of a volume that are free. @default - 5 */
  volumeAlmostFull: percent,
});

type GivenOfSystem = z.output<typeof systemThresholds>;

/** All the thresholds of a system. */
export type SystemThresholds = { readonly [Name in keyof GivenOfSystem]-?: Exclude<GivenOfSystem[Name], undefined> };

/** What holds where nobody says otherwise. */
export const usualSystemThresholds = {
  watchdog: 'on',
  kubeStateMetricsMissing: '10m',
  backupMissing: 'on',
  backupFailed: 'on',
  gatewayDegraded: '5m',
  storeDown: '5m',
  podCrashLooping: usualThresholds.podCrashLooping,
  podNotReady: usualThresholds.podNotReady,
  podPending: usualThresholds.podPending,
  databaseDown: '5m',
  databaseServerConnectionsExhausted: 85,
  databaseStandbyMissing: '15m',
  databaseArchiveFailing: '10m',
  databaseBackupMissing: 'on',
  certificateExpiring: '21d',
  certificateAlmostExpired: '3d',
  volumeFilling: 15,
  volumeAlmostFull: 5,
} as const satisfies SystemThresholds;

/** What holds for the systems of an environment that says this. */
export function systemThresholdsOf(given: GivenOfSystem): SystemThresholds {
  return { ...usualSystemThresholds, ...Object.fromEntries(writtenIn(given)) };
}

function writtenIn(given: object): [string, unknown][] {
  return Object.entries(given).filter(([, value]) => value !== undefined);
}
