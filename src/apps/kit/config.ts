import {
  isRequired,
  type kitVariables,
  parseVariable,
  type Service,
  show,
  storeSecret,
  type Values,
  type Variable,
  type Variables,
  variablesOf,
} from '../../model/index.ts';

/** The environment variables of a process, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One environment variable that the service cannot start with. */
export interface ConfigProblem {
  readonly variable: string;
  /** What was found, `nothing` where it is missing. Never a secret's value. */
  readonly got: string;
  readonly allowed: string;
  readonly fix: string;
}

/** All the environment variables that the service cannot start with. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(describe).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** A problem as one line of text. */
export function describe({ variable, got, allowed, fix }: ConfigProblem): string {
  return `${variable}: got ${got}; allowed: ${allowed}; fix: ${fix}`;
}

/** The typed values of a service's own variables and the kit's. */
export type Config<S extends Service = Service> = Values<S['env']> & Values<typeof kitVariables>;

/** What the environment says to one service. */
export interface Settings<S extends Service = Service> {
  readonly config: Config<S>;
  /** Where a peer or a store is, by the variable that says so. */
  urlOf(variable: string): string;
  /** What a variable of a store or of a call says; nothing where it may be left out and is. */
  valueOf(variable: string): string | undefined;
  /** The values that no log may show. */
  readonly secrets: readonly string[];
}

/**
 * Reads every variable that a service declares. An empty text counts as missing: it is what a shell or a chart leaves where nothing was set.
 *
 * @throws ConfigError with every variable that is missing or wrong
 */
export function readConfig<S extends Service>(service: S, env: Environment): Settings<S> {
  return readVariables(service.name, variablesOf(service), env) as Settings<S>;
}

/**
 * The same, of any variables.
 *
 * @param service whose stores' URLs are shown where they have no password
 */
export function readVariables(service: string, variables: Variables, env: Environment): Settings {
  const problems: ConfigProblem[] = [];
  const values: Record<string, unknown> = {};
  const secrets: string[] = [];
  const stores = [storeSecret(service, 'database'), storeSecret(service, 'keyValue')];
  for (const [variable, declared] of Object.entries(variables)) {
    const given = env[variable] || undefined;
    if (declared.type === 'secret') {
      // `kubectl create secret --from-file` keeps the line end of the file, which no key or password has and no header may carry.
      const value = given?.replace(/\r?\n$/, '') || undefined;
      if (value) secrets.push(...secretsIn(value, stores.includes(declared.secret)));
      else if (isRequired(declared)) {
        const fix = `add the key ${declared.key} to the Secret ${declared.secret}`;
        problems.push({ variable, got: 'nothing', allowed: 'a value', fix });
      }
      values[variable] = value;
    } else if (given === undefined && 'optional' in declared && declared.optional) values[variable] = declared.default;
    else {
      const text = given ?? (declared.default === undefined ? '' : String(declared.default));
      const parsed = parseVariable(declared, text);
      if ('value' in parsed) values[variable] = parsed.value;
      else {
        const fix = given === undefined ? 'set it' : parsed.fix;
        problems.push({ variable, got: shown(declared, given), allowed: parsed.allowed, fix });
      }
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    config: values as Config,
    urlOf: (variable) => String(values[variable]),
    valueOf: (variable) => values[variable] as string | undefined,
    secrets,
  };
}

/** A secret, and the password in it where it is a URL, which a library may name without the rest. */
function secretsIn(value: string, isStore: boolean): string[] {
  const { username = '', password = '', search = '', hash = '' } = URL.parse(value) ?? {};
  // The address of a store without a password, as on a machine of one's own: who reads why it is away must see which host that is.
  if (isStore && URL.canParse(value) && username + password + search + hash === '') return [];
  if (password === '') return [value];
  try {
    return [value, decodeURIComponent(password)];
  } catch {
    // A % that escapes nothing. Whoever uses the URL says so; here it only has to stay out of the log.
    return [value, password];
  }
}

function shown(declared: Variable, given: string | undefined): string {
  if (declared.type !== 'url' || given === undefined) return show(given);
  // A URL may carry a password, and one of a wrong scheme (postgres://user:password@host) mostly does. Where it ends nobody can tell in a URL that
  // is none, so only the scheme is shown.
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(given)?.[0];
  return scheme === undefined ? '(hidden)' : show(`${scheme}...`);
}
