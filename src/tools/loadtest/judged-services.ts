import type { Scaling, Service } from '../../model/index.ts';
import { declaredTable } from './declared-table.ts';
import type { LoadReport } from './load-report.ts';
import type { TrafficRoute } from './traffic.ts';

type Judged = LoadReport['services'][string];

interface JudgedServicesProps {
  /** Of the system, with their scaling in the environment. */
  readonly placed: readonly { readonly service: Service; readonly scaling: Scaling }[];
  /** Those that are asked. */
  readonly routes: readonly TrafficRoute[];
  /** Pods that services are to have all the while, by their names. */
  readonly expected: ReadonlyMap<string, number>;
}

/** What each service is sent, what it declares, and whether its pods can be held against that: only where all requests that it gets are known. */
export function judgedServices({ placed, routes, expected }: JudgedServicesProps): Record<string, Judged> {
  const sum = routes.reduce((total, { weight }) => total + weight, 0);
  const driven = new Set(routes.map(({ service }) => service));
  const services = placed.map(({ service }) => service);
  return Object.fromEntries(
    placed.map(({ service: { name }, scaling }): [string, Judged] => {
      const own = routes.filter(({ service }) => service === name).reduce((total, { weight }) => total + weight, 0);
      const table = declaredTable(scaling);
      const callers = services.filter((each) => each.name !== name && reaches(each, name, services));
      const asking = callers.filter((each) => driven.has(each.name)).map((each) => each.name);
      return [
        name,
        {
          share: own / sum,
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
