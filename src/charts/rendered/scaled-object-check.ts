import { isOfUse } from './autoscalers.ts';
import type { Finding, RenderedCheck } from './rendered-check.ts';
import type { Found } from './rendered-cluster.ts';

/**
 * KEDA takes every ScaledObject for what it is, and counts demand that it cannot know as none. What it refuses is refused by its webhook, which lets
 * everything through while it is away, and by its operator, which then scales nothing.
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 */
export const scaledObjectCheck: RenderedCheck = {
  name: 'scaled-object',
  find: (cluster) =>
    cluster
      .all('keda.sh/ScaledObject')
      .flatMap((object) => rules.flatMap((rule) => rule(object.spec ?? {}).map((found) => ({ object, ...found })))),
};

type Spec = NonNullable<Found<'keda.sh/ScaledObject'>['spec']>;
type Trigger = NonNullable<Spec['triggers']>[number];
type Rule = (spec: Spec) => readonly Omit<Finding, 'object'>[];

/** The triggers that count nothing where they find nothing, and by what they are told otherwise. */
const blind: Readonly<Record<string, { readonly key: string; readonly value: string }>> = {
  prometheus: { key: 'ignoreNullValues', value: 'false' },
  loki: { key: 'ignoreNullValues', value: 'false' },
  'aws-cloudwatch': { key: 'ignoreNullValues', value: 'false' },
  'new-relic': { key: 'noDataError', value: 'true' },
};

const rules: readonly Rule[] = [emptyAnswers, fallbacks, zeroPods, doubleNames, formulas];

function emptyAnswers({ triggers = [] }: Spec) {
  return triggers.flatMap(({ type, metadata }, index) => {
    const told = blind[type ?? ''];
    const got = told && metadata?.[told.key];
    if (!told || got === told.value) return [];
    return [
      {
        at: `spec.triggers[${index}].metadata.${told.key}`,
        got,
        allowed: `"${told.value}": an empty answer would else be a demand of 0, and the pods would go in the busiest moment`,
        fix: `write "${told.value}"; spec.fallback then decides`,
      },
    ];
  });
}

function fallbacks({ triggers = [], fallback, advanced }: Spec) {
  const at = 'spec.fallback';
  const asking = triggers.find(({ type }) => !isOfUse(type) && type !== 'cron');
  if (!fallback) {
    if (!asking) return [];
    const allowed = `what holds while ${asking.type} does not answer`;
    const fix = "write { failureThreshold: 3, replicas: PODS, behavior: 'currentReplicasIfHigher' }";
    return [{ at, got: undefined, allowed, fix }];
  }
  const { formula, target } = advanced?.scalingModifiers ?? {};
  if (formula === undefined) {
    if (!triggers.every(({ type }) => isOfUse(type))) return [];
    const allowed =
      'nothing beside triggers by cpu and memory alone: KEDA refuses it, as the HPA asks for these itself';
    return [{ at, got: fallback, allowed, fix: 'delete it' }];
  }
  const modifiers = 'spec.advanced.scalingModifiers';
  return [
    ...(target !== undefined && !/^[1-9]\d*$/.test(target)
      ? [
          {
            at: `${modifiers}.target`,
            got: target,
            allowed:
              'a whole number from 1: with any other KEDA takes the fallback for none, and says so in its log alone',
            fix: "write '1', and let the formula give the number of pods",
          },
        ]
      : []),
  ];
}

function zeroPods({ triggers = [], minReplicaCount, idleReplicaCount }: Spec) {
  const min = minReplicaCount ?? 0;
  if (triggers.length > 0 && min === 0 && triggers.every(({ type }) => isOfUse(type))) {
    const allowed =
      'at least 1 where all triggers are by cpu and memory: without a pod nobody would use any, and KEDA refuses it';
    return [{ at: 'spec.minReplicaCount', got: minReplicaCount, allowed, fix: 'write 1 or more' }];
  }
  if (idleReplicaCount === undefined || idleReplicaCount < min) return [];
  const allowed = `less than spec.minReplicaCount, which is ${min}`;
  return [{ at: 'spec.idleReplicaCount', got: idleReplicaCount, allowed, fix: 'lower it, or delete it' }];
}

function doubleNames({ triggers = [] }: Spec) {
  const names = triggers.map(({ name }) => name);
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (name === undefined || first === index) return [];
    const allowed = `a name that spec.triggers[${first}] does not have`;
    return [{ at: `spec.triggers[${index}].name`, got: name, allowed, fix: 'rename one of the two' }];
  });
}

/**
 * What a formula counts is all that counts, beside triggers by the use of a whole pod, which the HPA gets besides. What it does not name is asked for and
 * thrown away.
 */
function formulas({ triggers = [], advanced }: Spec) {
  const { formula, target } = advanced?.scalingModifiers ?? {};
  if (formula === undefined) return [];
  const at = 'spec.advanced.scalingModifiers';
  const known = triggers.flatMap(({ type, name }) => (isOfUse(type) || name === undefined ? [] : [name]));
  const named = namesIn(formula);
  return [
    ...(target === undefined
      ? [
          {
            at: `${at}.target`,
            got: target,
            allowed: 'what one pod is to have of it',
            fix: "write '1' for a number of pods",
          },
        ]
      : []),
    ...named
      .filter((name) => !known.includes(name))
      .map((name) => ({
        at: `${at}.formula`,
        got: name,
        allowed: `names of its triggers that are not by cpu or memory: ${known.join(', ') || 'none has one'}`,
        fix: 'correct it, or give the trigger that name',
      })),
    ...triggers.flatMap((trigger, index) =>
      unheard(trigger, named).map(({ key, ...found }) => ({ at: `spec.triggers[${index}].${key}`, ...found })),
    ),
  ];
}

/** What of a trigger beside a formula counts for nothing. @param named what the formula counts */
function unheard({ type, name, metadata }: Trigger, named: readonly string[]) {
  if (!isOfUse(type)) {
    if (name !== undefined && named.includes(name)) return [];
    const allowed = `a name that the formula has: ${named.join(', ') || 'it has none'}; what it does not name does not count`;
    return [{ key: 'name', got: name, allowed, fix: 'name it in the formula, or delete the trigger' }];
  }
  const got = metadata?.['containerName'];
  if (got === undefined) return [];
  const allowed = 'nothing beside a formula: KEDA drops a trigger by the use of one container';
  return [{ key: 'metadata.containerName', got, allowed, fix: 'delete it, so that the whole pod counts' }];
}

/** Words of the language of formulas that stand for no trigger. @see https://expr-lang.org/docs/language-definition */
const words = 'and or not in matches contains startsWith endsWith true false nil let if else'.split(' ');

/** The names that a formula takes for triggers: neither functions, nor fields, nor what it names itself. */
function namesIn(formula: string): string[] {
  const code = formula.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, ' ');
  const own = [...code.matchAll(/\blet\s+([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  const names = [...code.matchAll(/(?<![\w.$#])([A-Za-z_]\w*)(?!\w|\s*\()/g)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !words.includes(name) && !own.includes(name));
}
