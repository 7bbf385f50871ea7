import { closest } from 'fastest-levenshtein';
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

/** A value as a reader of the declaration would write it, cut where it is long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
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
  if (issue.code === 'unrecognized_keys') {
    // `strict` below writes the known keys into the message: zod's issue does not carry them.
    const known = issue.message.split(', ');
    return issue.keys.map((key) => ({
      path: `${path}.${key}`,
      got: (issue.input as Record<string, unknown> | undefined)?.[key],
      allowed: `the keys ${issue.message}`,
      fix: `did you mean ${closest(key, known)}? else delete ${key}`,
    }));
  }
  return [{ path, got: issue.input, ...ruleOf(issue) }];
}

function ruleOf(issue: z.core.$ZodIssue): Rule {
  if (issue.input === undefined && issue.code === 'invalid_type') {
    return { allowed: article(issue.expected), fix: 'add it' };
  }
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
    default:
      return { allowed: issue.message, fix: 'change it' };
  }
}

function unionOptions(issue: z.core.$ZodIssueInvalidUnion): string {
  const { discriminator, options } = issue as { discriminator?: string; options?: readonly unknown[] };
  if (discriminator && options) return options.map((option) => `${discriminator}: ${show(option)}`).join(' | ');
  const each = issue.errors.map((errors) => errors.map((error) => ruleOf(error).allowed).join(' and '));
  return [...new Set(each)].join(', or ');
}

function article(expected: string): string {
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}

/** An object that refuses the keys it does not know: a misspelt key is never just ignored. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? keys : undefined) });
}

/** A string of one form, told in words. */
export function form<Text extends string = string>(pattern: RegExp, allowed: string, fix: string) {
  return z
    .string()
    .refine((value) => pattern.test(value), { params: { allowed, fix } satisfies Rule })
    .transform((value) => value as Text);
}
