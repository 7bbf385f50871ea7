import { z } from 'zod';
import { across, listOf, oneOfKinds, type Rule, strict } from './declaration-error.ts';
import { anyDuration, type Duration, duration, longest } from './duration.ts';
import { objectName, secretKey, shownUrl, urlMistake } from './names.ts';

const description = z.string().optional();

const optional = {
  /** Whether the service also runs without it, and without anything in its place. @default - only with a default */
  optional: z.literal(true).optional(),
};

const plain = {
  /** What it is for, in one sentence. @default - none */
  description,
};

const variables = {
  integer: strict({
    type: z.literal('integer'),
    ...plain,
    default: z.int().optional(),
    min: z.int().optional(),
    max: z.int().optional(),
  }),
  number: strict({
    type: z.literal('number'),
    ...plain,
    default: z.number().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  boolean: strict({ type: z.literal('boolean'), ...plain, default: z.boolean().optional() }),
  text: strict({ type: z.literal('text'), ...plain, ...optional, default: z.string().optional() }),
  oneOf: strict({
    type: z.literal('oneOf'),
    ...plain,
    values: listOf(z.string(), 'value', 'list the values'),
    default: z.string().optional(),
  }),
  url: strict({ type: z.literal('url'), ...plain, ...optional, default: z.string().optional() }),
  duration: strict({ type: z.literal('duration'), ...plain, default: duration.optional() }),
  secret: strict({
    type: z.literal('secret'),
    ...plain,
    /** The name of the Secret, in the service's namespace. */
    secret: objectName,
    /** The key in the Secret. */
    key: secretKey,
    /** Whether the service also runs without it. @default false */
    optional: z.boolean().default(false),
    /** Whether any random value does, such as for a key of its own: `npm run secrets` and `npm run dev` make one, for this service alone. @default false */
    generated: z.boolean().default(false),
  }),
};

/** How an environment variable is declared: a type, its limits, and a default where it has one. */
export const variable = across(
  oneOfKinds('type', [
    variables.integer,
    variables.number,
    variables.boolean,
    variables.text,
    variables.oneOf,
    variables.url,
    variables.duration,
    variables.secret,
  ]),
  (declared, add) => {
    if (
      (declared.type === 'integer' || declared.type === 'number') &&
      (declared.min ?? -Infinity) > (declared.max ?? Infinity)
    ) {
      add(['max'], declared.max, `at least min, which is ${declared.min}`, 'raise max or lower min');
      return;
    }
    if (declared.type === 'secret' || declared.default === undefined) return;
    const parsed = parseVariable(declared, String(declared.default));
    const got = declared.type === 'url' ? shownUrl(declared.default) : declared.default;
    if ('allowed' in parsed)
      add(['default'], got, parsed.allowed, 'give a default that the service itself would accept');
  },
);

export type Variable = z.output<typeof variable>;
export type Variables = Readonly<Record<string, Variable>>;
type PlainVariable = Exclude<Variable, { type: 'secret' }>;

type Options<Type extends Variable['type']> = Omit<z.input<(typeof variables)[Type]>, 'type'>;

/** A whole number. @param options `min`, `max`, and a `default` without which the variable is required */
export function integer<const O extends Options<'integer'>>(options: O) {
  return { type: 'integer' as const, ...options };
}

/** A number, which may have decimals. @param options `min`, `max`, and a `default` without which the variable is required */
export function number<const O extends Options<'number'>>(options: O) {
  return { type: 'number' as const, ...options };
}

/** `true` or `false`. */
export function boolean<const O extends Options<'boolean'>>(options: O) {
  return { type: 'boolean' as const, ...options };
}

/** Any text that is not empty. */
export function text<const O extends Options<'text'>>(options: O) {
  return { type: 'text' as const, ...options };
}

/** One of a list of values. */
export function oneOf<const O extends Options<'oneOf'>>(options: O) {
  return { type: 'oneOf' as const, ...options };
}

/** An http or https URL, to which paths are added: without user, password, query and fragment. A slash at its end is dropped. */
export function url<const O extends Options<'url'>>(options: O) {
  return { type: 'url' as const, ...options };
}

/** A length of time with its unit, such as `10m`. `0s` may stand for never or at once, as the service means it. */
export function time<const O extends Options<'duration'>>(options: O) {
  return { type: 'duration' as const, ...options };
}

/** A value that only a Secret of the cluster knows: never a literal, in no manifest and no log. */
export function secret<const O extends Options<'secret'>>(options: O) {
  return { type: 'secret' as const, ...options };
}

interface ValueTypes {
  integer: number;
  number: number;
  boolean: boolean;
  text: string;
  oneOf: string;
  url: string;
  duration: Duration;
  secret: string;
}

type ValueOf<V> = V extends { type: 'oneOf'; values: readonly (infer Value)[] }
  ? Value
  : V extends { type: 'secret' | 'text' | 'url'; optional: true }
    ? string | undefined
    : V extends { type: keyof ValueTypes }
      ? ValueTypes[V['type']]
      : never;

/** The typed values of declared variables, as the running service gets them. */
export type Values<Env> = { readonly [Name in keyof Env]: ValueOf<Env[Name]> };

/** Whether a variable must be given because nothing stands in for it. */
export function isRequired(declared: Variable): boolean {
  if ('optional' in declared && declared.optional) return false;
  return declared.type === 'secret' || declared.default === undefined;
}

/** Reads a variable's text as the declared type: the value, or what would be allowed. */
export function parseVariable(declared: PlainVariable, given: string): { value: unknown } | Rule {
  switch (declared.type) {
    case 'integer':
    case 'number': {
      const { type, min, max } = declared;
      const forms = { integer: /^[+-]?\d+$/, number: /^[+-]?\d+(\.\d+)?$/ };
      const value = forms[type].test(given.trim()) ? Number(given) : Number.NaN;
      const isOne = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
      if (isOne && value >= (min ?? value) && value <= (max ?? value)) return { value };
      return {
        allowed: [
          type === 'integer' ? 'a whole number' : 'a number',
          ...(min === undefined ? [] : [`at least ${min}`]),
          ...(max === undefined ? [] : [`at most ${max}`]),
        ].join(', '),
        fix: 'set a number in that range',
      };
    }
    case 'boolean':
      if (given === 'true' || given === 'false') return { value: given === 'true' };
      return { allowed: 'true or false', fix: 'write one of the two' };
    case 'text':
      if (given !== '') return { value: given };
      return { allowed: 'a text that is not empty', fix: 'set a value' };
    case 'oneOf':
      if (declared.values.includes(given)) return { value: given };
      return { allowed: declared.values.join(' | '), fix: 'choose one of these' };
    case 'url':
      return urlMistake(given) ?? { value: given.replace(/\/$/, '') };
    case 'duration':
      if (duration.safeParse(given).success) return { value: given };
      return anyDuration.safeParse(given).success
        ? { allowed: `a duration from 0s to ${longest}`, fix: 'choose one in that range' }
        : { allowed: "a duration such as '300ms', '5s' or '10m'", fix: 'write a number and its unit' };
  }
}
