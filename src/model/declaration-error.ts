import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** One thing that is wrong with a declaration, in the words of whoever wrote it. */
export interface Problem {
  /** Where it stands in the declaration, such as `posts.scaling.max`. */
  readonly path: string;
  /** The value that was found there, or `nothing` where it is missing. */
  readonly got: unknown;
  /** What may stand there. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
}

/** What a check of ours tells zod, so that the problem names the fix and not only the fault. */
export interface Rule {
  readonly allowed: string;
  readonly fix: string;
}

/**
 * All the problems of one declaration. It has no stack on purpose: the place that matters is the path in the declaration,
 * and whoever reads the message did not write the code that the stack would name.
 */
export class DeclarationError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      `${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'} in the declaration\n${problems.map(line).join('\n')}`,
    );
    this.name = 'DeclarationError';
    this.problems = problems;
    this.stack = `${this.name}: ${this.message}`;
  }
}

function line(problem: Problem): string {
  return `  ${problem.path}: got ${show(problem.got)}; allowed: ${problem.allowed}; fix: ${problem.fix}`;
}

/** What a message shows in place of a value that may be secret. */
export const hidden = '(hidden)';

/** A value as a reader of the declaration would write it, cut where it is long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has neither NaN nor Infinity and writes null for both.
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'function' ? 'a function' : (toJson(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The first part of every problem's path: the declaration's own name, or what it is where the name is none. */
export function rootOf(name: unknown, kind: string): string {
  return typeof name === 'string' && name !== '' ? name : kind;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // A bigint, or an object that holds itself: the message about a mistake must not be a mistake of its own.
    return undefined;
  }
}

/**
 * Checks `value` against `schema` and returns it with its defaults filled in.
 *
 * @param path where the value stands, the first part of every problem's path
 * @throws DeclarationError with every problem found, never only the first
 */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new DeclarationError(result.error.issues.flatMap((issue) => problems(issue, path)));
}

function problems(issue: z.core.$ZodIssue, root: string): Problem[] {
  const path = issue.path.reduce<string>(
    (at, key) => (typeof key === 'number' ? `${at}[${key}]` : `${at}.${String(key)}`),
    root,
  );
  if (issue.code === 'invalid_union' && issue.discriminator) {
    // The path ends in the discriminator, but zod's input is the object that holds it.
    const got = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator];
    return [{ path, got, ...ruleOf(issue, got === undefined) }];
  }
  if (issue.code === 'invalid_union') {
    // Of the options that are not of another kind altogether, the one with the fewest mistakes is meant: what is wrong inside it is what helps.
    const [meant] = issue.errors
      .filter((errors) => !errors.some(isOfAnotherKind))
      .toSorted((one, other) => one.length - other.length);
    if (meant) return meant.flatMap((error) => problems(error, path));
  }
  if (issue.code === 'unrecognized_keys') {
    // `strict` below writes the known keys into the message: zod's issue does not carry them.
    const known = issue.message.split(', ');
    const given = issue.input as Record<string, unknown> | undefined;
    return issue.keys.map((key) => ({
      path: `${path}.${key}`,
      // What stands beside the declaration of a secret may be the secret itself.
      got: given?.['type'] === 'secret' ? hidden : unlessSecret(`${path}.${key}`, given?.[key]),
      allowed: `the keys ${issue.message}`,
      fix: fixOfUnknown(key, known),
    }));
  }
  return [{ path, got: unlessSecret(path, issue.input), ...ruleOf(issue) }];
}

/**
 * What a message may show of a value. Where a Secret is to be named, the password itself may stand by mistake, and the URL of a webhook is one too: messages end up in the logs
 * of whoever runs synth.
 */
function unlessSecret(path: string, got: unknown): unknown {
  const isPassword = /\.password\b/.test(path);
  const isWebhook = /\.(slack|heartbeat)\b/.test(path) && show(got).includes('://');
  return got !== undefined && (isPassword || isWebhook) ? hidden : got;
}

/** Proposes a known key only where it is near: any other would lead astray. */
function fixOfUnknown(key: string, known: readonly string[]): string {
  const nearest = closest(key, known);
  const isNear = distance(key, nearest) <= Math.max(2, key.length / 3);
  return isNear ? `did you mean ${nearest}? else delete ${key}` : `delete ${key}`;
}

/** A value of another type. One of the right type with a mistake in it breaks a check of ours (`custom`) or has a key too many. */
function isOfAnotherKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys' && issue.code !== 'custom';
}

function ruleOf(issue: z.core.$ZodIssue, isMissing = issue.input === undefined): Rule {
  // The message of a check between parts is that of the schema around it, so its own words go first.
  const isOurs = issue.code === 'custom' && issue.params !== undefined;
  const rule = isOurs ? ruleByCode(issue) : (ruleIn(issue.message) ?? ruleByCode(issue));
  return isMissing ? { ...rule, fix: 'add it' } : rule;
}

function ruleByCode(issue: z.core.$ZodIssue): Rule {
  switch (issue.code) {
    case 'custom': {
      const { allowed, fix } = (issue.params ?? {}) as Partial<Rule>;
      return { allowed: allowed ?? issue.message, fix: fix ?? 'change it' };
    }
    case 'invalid_type':
      return { allowed: article(issue.expected), fix: `write ${article(issue.expected)}` };
    case 'too_small':
      return {
        allowed: `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`,
        fix: 'raise it',
      };
    case 'too_big':
      return {
        allowed: `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`,
        fix: 'lower it',
      };
    case 'invalid_value':
      return { allowed: issue.values.map(show).join(' | '), fix: 'choose one of these' };
    case 'invalid_union':
      return { allowed: unionOptions(issue), fix: 'choose one of these' };
    case 'invalid_key':
      return issue.issues[0] ? ruleOf(issue.issues[0], false) : { allowed: issue.message, fix: 'rename it' };
    default:
      return { allowed: issue.message, fix: 'change it' };
  }
}

function unionOptions(issue: z.core.$ZodIssueInvalidUnion): string {
  const each = issue.errors.map((errors) => errors.map((error) => ruleOf(error).allowed).join(' and '));
  return [...new Set(each)].join(', or ');
}

function article(expected: string): string {
  if (expected === 'record') return 'an object';
  if (expected === 'int') return 'a whole number';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}

/** An object that refuses the keys it does not know: a misspelt key is never just ignored. @param otherwise what is said of what is no object */
export function strict<Shape extends z.ZodRawShape>(shape: Shape, otherwise?: string) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? keys : otherwise) });
}

const betweenParts = '\n';

/** The message that carries a rule, for the `error` of any schema: it is the only thing that zod hands on whatever went wrong. */
export function rule(allowed: string, fix: string): string {
  return allowed + betweenParts + fix;
}

function ruleIn(message: string): Rule | undefined {
  const [allowed = '', fix] = message.split(betweenParts);
  return fix === undefined ? undefined : { allowed, fix };
}

/** A string of one form, told in words. */
export function form<Text extends string = string>(pattern: RegExp, allowed: string, fix: string) {
  const error = rule(allowed, fix);
  return z
    .string({ error })
    .refine((value) => pattern.test(value), { error })
    .transform((value) => value as Text);
}

/** Text for people. */
export const sentence = form(/\S/, 'a text that is not empty', 'write one sentence');

/** A whole number within limits. */
export function wholeNumber(min: number, max: number) {
  const allowed = `a whole number from ${min} to ${max}`;
  const error = ({ input }: { readonly input?: unknown }) => {
    // One that is out of range would only be refused again without its quotes.
    const isQuoted = typeof input === 'string' && /^\d+$/.test(input) && Number(input) >= min && Number(input) <= max;
    return rule(allowed, isQuoted ? `write ${Number(input)} without quotes` : 'choose a number in that range');
  };
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A list with at least one entry. */
export function listOf<Entry extends z.ZodType>(entry: Entry, allowed: string, fix: string) {
  const error = rule(`a list of at least one ${allowed}`, fix);
  return z.array(entry, { error }).min(1, { error }).readonly();
}

/** One of several objects, told apart by the value of one key. */
export function oneOfKinds<Key extends string, const Options extends readonly [z.ZodObject, ...z.ZodObject[]]>(
  key: Key,
  options: Options,
) {
  const kinds = options.map((option) => (option.shape[key] as z.ZodLiteral<string>).value);
  const allowed = kinds.map((kind) => `${key}: ${show(kind)}`).join(' | ');
  return z.discriminatedUnion(key, options, { error: rule(allowed, 'choose one of these') });
}

/** Adds a problem at a path inside the declaration. */
export type AddProblem = (path: readonly PropertyKey[], got: unknown, allowed: string, fix: string) => void;

/**
 * A check of the parts of a declaration against one another. It runs although a part is wrong, so that all mistakes show at once; what it finds
 * in a part that is wrong already is left out, as it is but a consequence.
 */
export function across<Schema extends z.ZodType>(
  schema: Schema,
  look: (declared: z.output<Schema>, add: AddProblem) => void,
): Schema {
  return schema.superRefine(
    (declared, context) => {
      const broken = context.issues.map((issue) => issue.path ?? []);
      const isKnown = (path: readonly PropertyKey[]) =>
        broken.some((known) => known.every((key, index) => path[index] === key));
      try {
        look(declared, (path, input, allowed, fix) => {
          if (!isKnown(path)) context.addIssue({ code: 'custom', path: [...path], params: { allowed, fix }, input });
        });
      } catch (error) {
        // A part that is wrong need not have the shape that `look` relies on.
        if (broken.length === 0) throw error;
      }
    },
    { when: () => true },
  );
}
