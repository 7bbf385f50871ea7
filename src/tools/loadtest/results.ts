import { podsAt } from './declared-table.ts';
import { notSent } from './drive.ts';
import type { LoadReport } from './load-report.ts';

type Result = LoadReport['results'][number];
type Check = Result['checks'][number];
type Phase = LoadReport['phases'][number];
type PhaseCounts = Pick<Result, 'asked' | 'answered' | 'failed' | 'failures' | 'latency' | 'services'>;

/** What was seen, before it is judged. */
export type Seen = Pick<LoadReport, 'cluster' | 'interrupted' | 'services' | 'phases' | 'pods'> & {
  /** What became of the requests of each phase. */
  readonly counts: readonly PhaseCounts[];
};

/** The part of a level, at its end, over which pods have to stay as they are. */
export const stablePart = 1 / 3;
/** So long, in seconds, they have to stay as they are at the end of the way down. */
export const stableDown = 10;
/** How many looks at the pods there have to be in that time. */
const fewestLooks = 2;
/** How much less than what was to be sent may have been sent, as a part of one: with less it is another load. */
const missing = 0.02;

/** Holds each phase against what is declared and allowed. */
export function resultsOf(seen: Seen): Result[] {
  return seen.phases.map((phase, index) => {
    const counts = seen.counts[index] ?? {
      asked: 0,
      answered: 0,
      failed: 0,
      failures: {},
      latency: null,
      services: {},
    };
    const pods = phase.kind === 'ramp' ? [] : podChecks(seen, phase);
    const checks = phase.kind === 'down' ? pods : [...requestChecks(seen, phase, counts), ...pods];
    return {
      phase: phase.name,
      ...counts,
      settledAfter: settledAfter(seen, phase),
      checks: phase.interrupted ? checks.map((check) => ({ ...check, passed: null, got: 'interrupted' })) : checks,
    };
  });
}

/** Whether all was tried, and all that could be judged is as it should be. */
export function isPassed(interrupted: boolean, results: readonly Result[]): boolean {
  const checks = results.flatMap((result) => result.checks);
  return !interrupted && checks.some(({ passed }) => passed) && checks.every(({ passed }) => passed !== false);
}

/** The pods that a service is to have while so many requests are sent each second in all. @returns null where its pods are not judged */
export function declaredFor(service: LoadReport['services'][string], requestsPerSecond: number): number | null {
  const { declared, expected, notJudged, share } = service;
  if (expected !== null) return expected;
  if (notJudged !== null || declared.table === null) return null;
  const table = declared.table.map(({ upTo, pods }) => [upTo ?? Number.POSITIVE_INFINITY, pods] as const);
  return podsAt(table, requestsPerSecond * share) ?? null;
}

function requestChecks({ services }: Seen, phase: Phase, { asked, failures, services: each }: PhaseCounts): Check[] {
  const planned = ((phase.from + phase.to) / 2) * (phase.endsAt - phase.startsAt);
  const least = Math.floor(planned * (1 - missing));
  const sent = asked - (failures[notSent] ?? 0);
  return [
    { what: 'rate', service: null, allowed: `at least ${least} requests`, got: String(sent), passed: sent >= least },
    ...Object.entries(each).flatMap(([name, counts]) => {
      const service = services[name];
      return service ? promiseChecks(name, service.promised, counts) : [];
    }),
  ];
}

/** Whether a service kept what it promises. A 4xx is an error here: nothing is asked for that is not there. */
function promiseChecks(
  service: string,
  { errors, latency }: LoadReport['services'][string]['promised'],
  { asked, failed, failures, promised }: PhaseCounts['services'][string],
): Check[] {
  const share = asked === 0 ? 0 : failed / asked;
  const reasons = Object.entries(failures).map(([reason, times]) => `${times} x ${reason}`);
  return [
    ...(errors === null
      ? []
      : [
          {
            what: 'errors' as const,
            service,
            allowed: `at most ${percent(errors)}`,
            got: [percent(share), ...(reasons.length > 0 ? [`(${reasons.join(', ')})`] : [])].join(' '),
            passed: share <= errors,
          },
        ]),
    ...(latency === null
      ? []
      : [
          {
            what: 'latency' as const,
            service,
            allowed: `${quantileName(latency.quantile)} at most ${latency.below} ms`,
            got: promised === null ? 'no answer' : `${promised.toFixed(1)} ms`,
            passed: promised !== null && promised <= latency.below,
          },
        ]),
  ];
}

/** Such as p95 of 0.95, and p99.9 of 0.999. */
export function quantileName(quantile: number): string {
  return `p${Number((quantile * 100).toPrecision(4))}`;
}

function podChecks(seen: Seen, phase: Phase): Check[] {
  return Object.entries(seen.services).flatMap(([name, service]): Check[] => {
    const pods = declaredFor(service, phase.from);
    if (pods === null) return [];
    const allTheWhile = service.expected !== null;
    const seconds = phase.kind === 'down' ? stableDown : (phase.endsAt - phase.startsAt) * stablePart;
    const from = allTheWhile ? phase.startsAt : Math.max(phase.startsAt, phase.endsAt - seconds);
    const allowed = `${pods} Ready ${allTheWhile ? 'all the while' : `over the last ${Math.round(phase.endsAt - from)} s`}`;
    const check = { what: 'pods', service: name, allowed } as const;
    if ('none' in seen.cluster) return [{ ...check, got: 'not followed', passed: null }];
    const looks = seen.pods
      .filter(({ at }) => at >= from && at < phase.endsAt)
      .flatMap(({ services }) => services[name] ?? []);
    if (looks.length < fewestLooks)
      return [{ ...check, got: `${looks.length} looks at them, of which ${fewestLooks} are needed`, passed: false }];
    const passed = looks.every(({ ready, wanted }) => ready === pods && wanted === pods);
    return [{ ...check, got: looksText(looks), passed }];
  });
}

function looksText(looks: readonly { readonly ready: number; readonly wanted: number }[]): string {
  const text = (numbers: readonly number[]) => [...new Set([Math.min(...numbers), Math.max(...numbers)])].join(' to ');
  const [ready, wanted] = [text(looks.map((look) => look.ready)), text(looks.map((look) => look.wanted))];
  return ready === wanted ? `${ready} Ready` : `${ready} Ready of ${wanted} wanted`;
}

function settledAfter({ services, pods }: Seen, phase: Phase): Result['settledAfter'] {
  const looks = pods.filter(({ at }) => at >= phase.startsAt && at < phase.endsAt);
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const declared = phase.kind === 'ramp' ? null : declaredFor(service, phase.from);
      const isThere = (look: (typeof looks)[number] | undefined) =>
        declared !== null && look?.services[name]?.ready === declared && look.services[name].wanted === declared;
      const last = looks.findLastIndex((look) => !isThere(look));
      const settled = looks[last + 1];
      return [name, settled ? settled.at - phase.startsAt : null];
    }),
  );
}

function percent(part: number): string {
  return `${Number((part * 100).toPrecision(3))} %`;
}
