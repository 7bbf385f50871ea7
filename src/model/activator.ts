import { DeclarationError } from './declaration-error.ts';
import { anyDuration, type Duration } from './duration.ts';

/**
 * The helper beside Nginx in the pods of a gateway, which holds a request back until the service that it is for has woken. No NetworkPolicy lets anybody else to
 * its port.
 */
export const activator = {
  name: 'activator',
  /** Where Nginx asks it. */
  port: 8091,
  /** What it asks, with the name of the service behind it: 204 once that is Ready, or once its cold start is over. */
  path: '/awake',
  /** Whose requests wait, as the metric of those who do names it. */
  caller: 'gateway',
  /** The variable that tells it which services may sleep. */
  variable: 'SERVICES',
} as const;

/** A service that may have no pods. */
export interface Sleeper {
  readonly name: string;
  /** What answers with 200 once it is Ready. */
  readonly readyUrl: string;
  /** How long a request waits for it. */
  readonly coldStart: Duration;
}

/** Services as the variable has them: `media=http://media:4313/readyz;45s`, with commas in between. */
export function sleepersText(sleepers: readonly Sleeper[]): string {
  return sleepers.map(({ name, readyUrl, coldStart }) => `${name}=${readyUrl};${coldStart}`).join(',');
}

/** @throws DeclarationError with every part that is none, and every name that stands twice */
export function parseSleepers(text: string): readonly Sleeper[] {
  const parts = text.split(',').map((part) => {
    const [, name = '', readyUrl = '', coldStart] = /^([a-z][a-z0-9-]*)=(http:\/\/[^;,]+);([^;,]+)$/.exec(part) ?? [];
    const { data } = anyDuration.safeParse(coldStart);
    return { part, sleeper: URL.canParse(readyUrl) && data ? { name, readyUrl, coldStart: data } : undefined };
  });
  const sleepers = parts.flatMap(({ sleeper }) => sleeper ?? []);
  const names = sleepers.map(({ name }) => name);
  const form = 'services with commas in between, such as media=http://media:4313/readyz;45s';
  const problems = [
    ...parts
      .filter(({ sleeper }) => !sleeper)
      .map(({ part }) => ({ got: part, allowed: form, fix: 'leave it as the gateway sets it' })),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => ({ got: name, allowed: 'each service once', fix: 'delete one of the two' })),
  ];
  if (problems.length > 0)
    throw new DeclarationError(problems.map((problem) => ({ path: activator.variable, ...problem })));
  return sleepers;
}
