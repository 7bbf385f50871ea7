import { type Scaling, type Service, toMilliseconds } from '../../model/index.ts';
import { declaredTable } from './declared-table.ts';
import type { LoadOptions } from './load-options.ts';
import type { LoadReport } from './load-report.ts';
import type { TrafficRoute } from './traffic.ts';

type Judged = LoadReport['services'][string];

/** Of the answers that take at most what was said by hand. */
const usualQuantile = 0.95;

interface JudgedServicesProps {
  /** Of the system, with their scaling and their promises in the environment. */
  readonly placed: readonly { readonly service: Service; readonly scaling: Scaling }[];
  /** Those that are asked. */
  readonly routes: readonly TrafficRoute[];
  /** Pods that services are to have all the while, by their names. */
  readonly expected: ReadonlyMap<string, number>;
  /** What all of them are held against in place of what they promise. */
  readonly limits: LoadOptions['limits'];
}

/** What each service is sent, what it declares, and whether its pods can be held against that: only where all requests that it gets are known. */
export function judgedServices({ placed, routes, expected, limits }: JudgedServicesProps): Record<string, Judged> {
  const sum = routes.reduce((total, { weight }) => total + weight, 0);
  const driven = new Set(routes.map(({ service }) => service));
  const services = placed.map(({ service }) => service);
  return Object.fromEntries(
    placed.map(({ service: { name, slo }, scaling }): [string, Judged] => {
      const own = routes.filter(({ service }) => service === name).reduce((total, { weight }) => total + weight, 0);
      const table = declaredTable(scaling);
      const callers = services.filter((each) => each.name !== name && reaches(each, name, services));
      const asking = callers.filter((each) => driven.has(each.name)).map((each) => each.name);
      return [
        name,
        {
          share: own / sum,
          promised: promisedBy(slo, limits),
          declared: {
            kind: scaling.kind,
            table:
              'none' in table
                ? null
                : table.map(([upTo, pods]) => ({ upTo: Number.isFinite(upTo) ? upTo : null, pods })),
          },
          expected: expected.get(name) ?? null,
          notJudged: 'none' in table ? table.none : scaling.kind === 'fixed' ? null : unseen(own > 0, asking),
        },
      ];
    }),
  );
}

function promisedBy(slo: Service['slo'], { errors, latency }: LoadOptions['limits']): Judged['promised'] {
  return {
    // Without what binary fractions add.
    errors: errors ?? (slo ? Number((1 - slo.availability).toPrecision(9)) : null),
    latency:
      latency !== undefined
        ? { quantile: usualQuantile, below: latency }
        : slo?.latency
          ? { quantile: slo.latency.quantile, below: toMilliseconds(slo.latency.below) }
          : null,
  };
}

/** Why it is not known how many requests it gets. */
function unseen(isDriven: boolean, asking: readonly string[]): string | null {
  if (asking.length > 0) return `${asking.join(', ')} may ask it too, which is not seen from outside`;
  return isDriven ? null : 'it is sent no requests';
}

/** Whether requests to one service may lead to requests to another. */
function reaches(from: Service, to: string, services: readonly Service[], seen = new Set<string>()): boolean {
  if (seen.has(from.name)) return false;
  seen.add(from.name);
  return from.calls.some(({ contract: { name } }) => {
    const next = services.find((each) => each.name === name);
    return name === to || (next !== undefined && reaches(next, to, services, seen));
  });
}
