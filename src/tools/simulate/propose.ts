import { inspect, isDeepStrictEqual } from 'node:util';
import { check, cpu, podLimits, type Scaling, type ScalingOf, scaling as schema, steps } from '../../model/index.ts';
import { optimise, type Proposal } from './optimise.ts';
import type { Surroundings, Trace } from './simulation.ts';

interface ProposeProps {
  readonly trace: Trace;
  readonly declared: Scaling;
  readonly surroundings: Surroundings;
  /** The part of the time in which there is to be enough capacity. */
  readonly slo: number;
}

/** What is proposed for a trace, and what is to be said of it. */
export interface Proposed {
  /** With the table as it would be declared. @default - none of those that were tried has enough capacity */
  readonly found?: Proposal & { readonly text: string };
  readonly notes: readonly string[];
}

/** Proposes a table in place of what is declared, whatever that is. */
export function propose({ trace, declared, surroundings, slo }: ProposeProps): Proposed {
  const found = optimise(trace, asSteps(declared), surroundings, slo);
  const asked = `enough capacity for ${Number((slo * 100).toPrecision(6))} % of the time`;
  return found
    ? {
        found: { ...found, text: textOf(found.scaling, declared) },
        notes: [
          `proposed: the one with the fewest pod hours of ${found.tried} tables that were simulated, with ${asked} of this traffic.`,
          ...lostBy(declared),
        ],
      }
    : {
        notes: [
          `proposed: none, as no table that was tried has ${asked}: pods that start sooner, that hold more, or more of them at least help.`,
        ],
      };
}

/** What is declared, as a table with as many pods at least. Which rows it has does not matter, and nobody checks them: each table that is tried is checked itself. */
function asSteps(declared: Scaling): ScalingOf<'steps'> {
  const usual = usualSteps();
  const { min, max } = podLimits(declared);
  const table: [number, number][] = [
    [1_000, min],
    [Infinity, max],
  ];
  switch (declared.kind) {
    case 'steps':
      return declared;
    case 'requests': {
      const { window, idle, fallback, schedules, behavior } = declared;
      return { ...usual, table, window, idle, fallback, schedules, behavior };
    }
    case 'custom': {
      const { window, metric, behavior } = declared;
      return { ...usual, table, window, metric, behavior };
    }
    default:
      return { ...usual, table };
  }
}

/** What of a declaration a table has no place for. */
function lostBy(declared: Scaling): string[] {
  const lost = [
    ...(declared.kind === 'requests' && declared.cpu !== undefined
      ? [`cpu: ${declared.cpu}, as KEDA takes no CPU beside a table`]
      : []),
    ...(declared.kind === 'cpu' && declared.memory !== undefined
      ? [`memory: ${declared.memory}, as a table is by one measure`]
      : []),
    ...(declared.kind === 'cpu' && !isDeepStrictEqual(declared.behavior, usualByCpu().behavior)
      ? ['behavior, which is made for the use of CPU and not for a demand']
      : []),
  ];
  return lost.map((each) => `proposed: without the declared ${each}.`);
}

/** What changes in a declaration, in TypeScript. */
function textOf(found: ScalingOf<'steps'>, declared: Scaling): string {
  const rows = `table: [${found.table.map(([upTo, pods]) => `[${upTo}, ${pods}]`).join(', ')}]`;
  if (declared.kind === 'steps')
    return found.fallback === declared.fallback ? `${rows},` : `${rows},\nfallback: ${found.fallback},`;
  const { kind, table, behavior, ...rest } = found;
  const usual = usualSteps();
  const changed = {
    ...unlike(rest, usual),
    ...unlike({ behavior: unlike(behavior, usual.behavior) }, { behavior: {} }),
  };
  const options = [rows, ...Object.entries(changed).map(([key, value]) => `${key}: ${written(value)}`)];
  return `scaling: steps({ ${options.join(', ')} }),`;
}

/** The entries that are not the usual ones. */
function unlike(given: object, usual: object): Record<string, unknown> {
  const known = new Map<string, unknown>(Object.entries(usual));
  return Object.fromEntries(Object.entries(given).filter(([key, value]) => !isDeepStrictEqual(value, known.get(key))));
}

/** A value as TypeScript. */
function written(value: unknown): string {
  return inspect(value, {
    compact: true,
    depth: null,
    breakLength: Infinity,
    maxArrayLength: null,
    maxStringLength: null,
  });
}

function usualSteps(): ScalingOf<'steps'> {
  return check(schema, steps(), 'usual') as ScalingOf<'steps'>;
}

function usualByCpu(): ScalingOf<'cpu'> {
  return check(schema, cpu({ min: 1, max: 1, cpu: 1 }), 'usual') as ScalingOf<'cpu'>;
}
