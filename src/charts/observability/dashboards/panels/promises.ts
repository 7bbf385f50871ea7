import type { Matcher } from '../../promql/index.ts';
import { ratio, recorded } from '../../promql/index.ts';
import { budgetBurns } from '../../slo/budget-burns.ts';
import type { SloPromise } from '../../slo/promise.ts';
import { type SloWindow, sloRecords } from '../../slo/slo-records.ts';
import type { Panel, Query } from '../panel.ts';

/** Whose promises. */
interface PromisesOf {
  readonly namespace: string;
  readonly service?: Matcher;
}

const remaining = (of: PromisesOf) => recorded(sloRecords.budget, of);

/** What is left of the budgets, in colours: red once nothing is. */
const left = [
  { from: -1e9, color: 'red' },
  { from: 0, color: 'yellow' },
  { from: 0.25, color: 'green' },
] as const;

/** What a service promises, or all of a system do. */
export const promisePanels = {
  now: (of: PromisesOf): Panel => ({
    name: 'budget-now',
    title: 'Budget left',
    description:
      'What is left of the budget of errors of 30 days, of each promise: at 0 as much turned out badly as may.',
    unit: 'percentunit',
    look: 'numbers',
    width: 8,
    queries: [{ show: remaining(of), as: '{{slo}}' }],
    steps: left,
  }),
  budgets: (of: PromisesOf): Panel => ({
    name: 'budgets',
    title: 'Budgets left',
    description:
      'What is left of the budget of errors of 30 days, of each promise of each service. Who has none left delivers nothing risky.',
    unit: 'percentunit',
    look: 'bars',
    max: 1,
    queries: [{ show: remaining(of), as: '{{service}} {{slo}}' }],
    steps: left,
  }),
  budget: (of: PromisesOf): Panel => ({
    name: 'budget',
    title: 'Budgets left over time',
    description: 'What is left of the budget of errors of 30 days. Where a line falls, something is wrong.',
    unit: 'percentunit',
    look: 'lines',
    mayBeNegative: true,
    max: 1,
    queries: [{ show: remaining(of), as: '{{service}} {{slo}}' }],
  }),
  burn: (of: PromisesOf, promise: SloPromise): Panel => ({
    name: `${promise.name}-burn`,
    title: `How fast the budget of ${promise.name} burns`,
    description: `How many times faster than so that it would last 30 days, over each of the times that alerts look at. It is told from ${described()} on.`,
    unit: 'short',
    look: 'lines',
    queries: [
      burnRate(of, promise, budgetBurns.critical[0].long),
      burnRate(of, promise, budgetBurns.critical[1].long),
      burnRate(of, promise, budgetBurns.warning[0].long),
      burnRate(of, promise, budgetBurns.warning[1].long),
    ],
  }),
};

function burnRate(of: PromisesOf, { name: slo, budget }: SloPromise, over: SloWindow): Query {
  return { show: ratio(recorded(sloRecords.errorRatio(over), { ...of, slo }), budget), as: over };
}

function described(): string {
  return Object.values(budgetBurns)
    .flat()
    .map(({ times, long }) => `${times} over ${long}`)
    .join(', ');
}
