import type { Environment, Problem, Quota, System } from '../model/index.ts';
import { quantityValue } from '../model/index.ts';
import { type PodNeeds, type PodsAtMost, podsAtMost } from './rendered/pods-at-most.ts';
import type { RenderedCluster } from './rendered/rendered-cluster.ts';

/** What is left for pods that people and operators add. */
const headroom = 0.25;
const gibibyte = 2 ** 30;

export interface NamespaceQuotas {
  /** By system; none for one that is to have no limit. */
  readonly quotas: ReadonlyMap<System, Quota>;
  readonly problems: readonly Problem[];
}

/** What the namespaces of systems may take: as declared, or as all that is rendered may need. */
export function namespaceQuotas(
  environment: Environment,
  systems: readonly System[],
  cluster: RenderedCluster,
): NamespaceQuotas {
  const byNamespace = Map.groupBy(podsAtMost(cluster), ({ object }) => object.metadata.namespace);
  const quotas = new Map<System, Quota>();
  const known = systems.map(({ name }) => name);
  const problems: Problem[] = Object.keys(environment.quotas)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `${environment.name}.quotas.${name}`,
      got: name,
      allowed: known.join(' | '),
      fix: 'correct the name, or delete it',
    }));
  for (const system of systems) {
    const path = `${environment.name}.quotas.${system.name}`;
    const declared = environment.quotas[system.name];
    const parts = byNamespace.get(system.name) ?? [];
    if (declared === 'none' || (declared === undefined && parts.length === 0)) continue;
    quotas.set(system, declared ?? roomFor(parts));
    problems.push(...(declared ? exceeded(path, declared, parts) : uncounted(path, parts)));
  }
  return { quotas, problems };
}

/** Room for all that there may be in a rollout of everything, and a quarter more of what runs, in round figures. */
function roomFor(parts: readonly PodsAtMost[]): Quota {
  const room = (needs: (each: PodNeeds) => number) =>
    sum(parts, ({ pods = 0, surge, ending, each }) => needs(each) * ((pods + surge) * (1 + headroom) + ending));
  return {
    pods: roundUp(
      room(() => 1),
      5,
    ),
    cpu: `${roundUp(
      room(({ cpu }) => cpu),
      1,
    )}`,
    memory: `${roundUp(room(({ memory }) => memory) / gibibyte, 1)}Gi`,
  };
}

function roundUp(value: number, step: number): number {
  // Thousandths do not add up exactly in binary.
  return Math.ceil(Number((value / step).toFixed(6))) * step;
}

const shown = {
  pods: (value: number) => String(value),
  cpu: (value: number) => `${Math.ceil(Number((value * 1_000).toFixed(3)))}m`,
  memory: (value: number) => `${Math.ceil(value / 2 ** 20)}Mi`,
};

/** What each key of a quota limits. */
const keys = {
  pods: { needs: () => 1, show: shown.pods },
  cpu: { needs: ({ cpu }: PodNeeds) => cpu, show: shown.cpu },
  memory: { needs: ({ memory }: PodNeeds) => memory, show: shown.memory },
  memoryLimit: { needs: ({ memoryLimit }: PodNeeds) => memoryLimit, show: shown.memory },
} as const;

/** Where all that is declared may not be there at once. */
function exceeded(path: string, declared: Quota, parts: readonly PodsAtMost[]): Problem[] {
  return (Object.keys(keys) as (keyof Quota)[]).flatMap((key) => {
    const got = declared[key];
    if (got === undefined) return [];
    const { needs, show } = keys[key];
    const least = sum(parts, ({ pods = 1, surge, each }) => (pods + surge) * needs(each));
    if (quantityValue(String(got)) >= Number(least.toFixed(6))) return [];
    const list = parts
      .toSorted((one, other) => needOf(other, needs) - needOf(one, needs))
      .map((part) => partOf(part, key === 'pods' ? '' : ` of ${show(needs(part.each))}`));
    return [
      {
        path: `${path}.${key}`,
        got,
        allowed: `at least ${show(least)}, which all pods at their most may need, those of a rollout included: ${list.join(', ')}`,
        fix: `raise it, or lower the pods${key === 'pods' ? '' : ` or ${key}`} of a service; without ${path} it follows from them`,
      },
    ];
  });
}

function needOf({ pods = 1, surge, each }: PodsAtMost, needs: (each: PodNeeds) => number): number {
  return (pods + surge) * needs(each);
}

function partOf({ object, pods = 1, surge }: PodsAtMost, each: string): string {
  return `${object.metadata.name} ${surge === 0 ? pods : `${pods} + ${surge}`}${each}`;
}

/** What has a pod on each node: how many these are nobody knows here. */
function uncounted(path: string, parts: readonly PodsAtMost[]): Problem[] {
  const unknown = parts
    .filter(({ pods }) => pods === undefined)
    .map(({ object }) => `${object.kind} ${object.metadata.name}`);
  if (unknown.length === 0) return [];
  return [
    {
      path,
      got: undefined,
      allowed: `a quota, or 'none', as nobody knows here how many pods ${unknown.join(', ')} has`,
      fix: "write what the namespace may take, or 'none'",
    },
  ];
}

function sum<Each>(all: readonly Each[], value: (each: Each) => number): number {
  return all.reduce((total, each) => total + value(each), 0);
}
