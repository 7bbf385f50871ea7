import { isBuiltin } from 'node:module';
import { matchesGlob } from 'node:path';
import { cyclesOf, type Files, type Import, parseFile } from './import-graph.ts';

/** What writes Kubernetes objects. Neither a program nor a query ever needs it. */
const manifestPackages = ['cdk8s', 'cdk8s-plus-27', 'constructs', '@kubernetes-models/*'];

/** What opens connections, counts or logs. In an app only the kit does: its clients have time-outs, traces and network access, its metrics and logs names. */
const kitsOwn = [
  ...['http', 'https', 'http2', 'net', 'tls', 'dgram'].flatMap((name) => [`node:${name}`, name]),
  ...['undici', 'axios', 'got', 'ky', 'node-fetch', 'cross-fetch', 'superagent', 'needle', 'request', 'ws'],
  ...['pg', 'postgres', 'redis', 'ioredis', 'node:sqlite', '@aws-sdk/*'],
  ...['prom-client', 'pino'],
];

/** What only tests need: helpers of the kit, and of each app. */
const testing = 'src/apps/*/testing/**';

interface Room {
  /** The files of the room. `{app}` is any folder's name; the first room that matches a file is its room. */
  readonly files: string;
  /** Which files of ours they may import; `{app}` is the folder that matched. Tests may also import the helpers in `test`. */
  readonly imports: readonly string[];
  /** Which packages they may import, tests apart. @default - any package but `notPackages` */
  readonly packages?: readonly string[];
  /** Which packages they may not import, tests included. @default - none */
  readonly notPackages?: readonly string[];
  /** Whether what they import must be there in production: listed under `dependencies`. @default false */
  readonly runs?: true;
  /** Whether they get clients, metrics and logs from the kit alone, tests apart. @default false */
  readonly kitOnly?: true;
  /** Whether they may read the environment of the process. @default true */
  readonly environment?: false;
  /** Whether they may import a path that only the running program knows. @default false */
  readonly computed?: true;
}

/** Who may import what. The arrows all point the same way: model, then programs, then systems, then manifests, then tools. */
const rooms: readonly Room[] = [
  {
    files: 'src/model/**',
    imports: ['src/model/**'],
    // Of streams only the type: a declaration says that a body is one.
    packages: ['zod', 'fastest-levenshtein', 'node:stream'],
    notPackages: manifestPackages,
    runs: true,
  },
  // What tests need of the kit, such as a real Postgres. Nothing that runs may import it.
  {
    files: 'src/apps/kit/testing/**',
    imports: ['src/model/**', 'src/apps/kit/**'],
    notPackages: manifestPackages,
  },
  {
    files: 'src/apps/{app}/testing/**',
    imports: ['src/model/**', 'src/apps/kit/**', 'src/apps/{app}/**', 'src/apps/*/contract.ts'],
    notPackages: manifestPackages,
  },
  {
    files: 'src/apps/kit/**',
    imports: ['src/model/**', 'src/apps/kit/**'],
    notPackages: manifestPackages,
    runs: true,
  },
  // The declaration of a service is pure data: the charts read it, and none of the program may come along.
  ...['contract', 'metrics', 'service'].map(
    (name): Room => ({
      files: `src/apps/{app}/${name}.ts`,
      imports: ['src/model/**', 'src/apps/*/contract.ts', 'src/apps/{app}/metrics.ts'],
      packages: ['zod'],
      notPackages: manifestPackages,
      runs: true,
      kitOnly: true,
    }),
  ),
  // What runs in a browser. Of the rest of the repository it gets what is left of contracts there, and types.
  {
    files: 'src/apps/{app}/page/**',
    imports: ['src/apps/{app}/page/**', 'src/apps/*/contract.ts', 'src/model/index.ts'],
    packages: ['preact', 'node:stream'],
    notPackages: manifestPackages,
    runs: true,
  },
  {
    files: 'src/apps/{app}/**',
    imports: ['src/model/**', 'src/apps/kit/**', 'src/apps/{app}/**', 'src/apps/*/contract.ts'],
    notPackages: manifestPackages,
    runs: true,
    kitOnly: true,
  },
  {
    files: 'src/systems/**',
    imports: ['src/model/**', 'src/apps/*/service.ts', 'src/apps/*/contract.ts', 'src/systems/**'],
    packages: [],
    notPackages: manifestPackages,
  },
  {
    files: 'src/charts/observability/**',
    // What a dashboard is known by is said where all names are.
    imports: ['src/model/**', 'src/charts/observability/**', 'src/charts/identity.ts'],
    notPackages: manifestPackages,
    environment: false,
  },
  // What a service is called, what holds for it in an environment and what of it may be reached: said once, for the constructs and for what stands above them.
  // What an operator calls and labels what it makes of our objects is of the same sort.
  ...['identity', 'placement', 'exposed-paths', 'cloud-native-pg'].map(
    (name): Room => ({
      files: `src/charts/${name}.ts`,
      imports: ['src/model/**', 'src/charts/{identity,placement,exposed-paths,cloud-native-pg}.ts'],
      notPackages: manifestPackages,
      environment: false,
    }),
  ),
  // What Nginx is told, as text: tested with Nginx alone.
  {
    files: 'src/charts/gateway/**',
    imports: ['src/model/**', 'src/charts/gateway/**'],
    notPackages: manifestPackages,
    environment: false,
  },
  {
    files: 'src/charts/constructs/**',
    imports: [
      'src/model/**',
      'src/charts/{identity,placement,exposed-paths,cloud-native-pg,port-of-url,prometheus-url}.ts',
      'src/charts/{observability,gateway}/**',
      'src/charts/constructs/**',
      // What it needs of its node stands where that of every program of ours stands; no system has it.
      'src/apps/activator/{service,contract}.ts',
    ],
    environment: false,
  },
  // Extensions are found by the name of their file.
  { files: 'src/charts/main.ts', imports: ['src/model/**', 'src/systems/**', 'src/charts/**'], computed: true },
  { files: 'src/charts/**', imports: ['src/model/**', 'src/systems/**', 'src/charts/**'], environment: false },
  // Of the contracts that a page imports it reads what a browser may know.
  { files: 'src/tools/build-page.ts', imports: ['src/model/**', 'src/tools/**'], computed: true },
  // Scalings to compare stand in a file of whoever calls.
  {
    files: 'src/tools/simulate/compare-file.ts',
    imports: ['src/model/**', 'src/tools/**'],
    computed: true,
  },
  // The demo and the traffic of load tests ask what is exposed, as any program outside does: typed by contracts.
  {
    files: 'src/tools/{demo{/**,.test.ts},loadtest/traffic/**}',
    imports: ['src/model/**', 'src/systems/**', 'src/apps/*/contract.ts', 'src/tools/**'],
  },
  {
    files: 'src/tools/**',
    imports: ['src/model/**', 'src/systems/**', 'src/charts/**', 'src/apps/kit/**', 'src/tools/**'],
  },
  // Tests of more than one room, and measurements.
  ...['test', 'e2e', 'bench'].map(
    (folder): Room => ({
      files: `${folder}/**`,
      imports: [
        ...['model', 'apps', 'systems', 'charts'].map((room) => `src/${room}/**`),
        'test/**',
        ...(folder === 'test' ? [] : [`${folder}/**`]),
        // Measurements are a command too.
        ...(folder === 'bench' ? ['src/tools/run-command.ts'] : []),
        // What a cluster did is written down for those who simulate it.
        // So is what panels ask there, and how they are drawn.
        ...(folder === 'e2e' ? ['src/tools/{simulate/recorded,dashboards}/**'] : []),
      ],
    }),
  ),
  { files: '*.ts', imports: [] },
];

/** What is installed in production. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Every breach of the rules in these files, as `file:line: what; allowed: what else`. */
export function breachesOf(files: Files, manifest: Manifest): string[] {
  const parsed = Object.entries(files).map(([file, text]) => ({ file, ...parseFile(file, text) }));
  const breaches = parsed.flatMap(({ file, imports, environmentReads, globalClients }) => {
    const found = roomOf(file);
    if (!found) return [`${file}:1: is in no room; allowed: ${rooms.map((room) => room.files).join(', ')}`];
    const reads = found.room.environment === false && !isTest(file) ? environmentReads : [];
    const clients = found.room.kitOnly && !isTest(file) ? globalClients : [];
    return [
      ...clients.map((at) => `${at.file}:${at.line}: uses ${at.name}; allowed: ${clientsOfTheKit}`),
      ...imports.flatMap((each) => breachOf(each, found, manifest)),
      ...reads.map((at) => `${at.file}:${at.line}: reads the environment; allowed: only src/charts/main.ts does`),
    ];
  });
  const cycles = cyclesOf(parsed.flatMap(({ imports }) => imports)).map(
    (cycle) => `${cycle[0]}:1: imports itself by ${cycle.slice(1).join(', ')}; allowed: no circle`,
  );
  return [...breaches, ...cycles];
}

const clientsOfTheKit = 'client and outside of the kit, for what service.ts declares in calls and outside';

function breachOf(each: Import, { room, app }: { room: Room; app: string }, manifest: Manifest): string[] {
  const breach = (allowed: string) => [`${each.file}:${each.line}: imports ${each.target}; allowed: ${allowed}`];
  if (each.kind === 'computed') return room.computed ? [] : breach('a path whose folder is written out');
  if (each.kind === 'file') {
    if (room.runs && !isTest(each.file) && matchesGlob(each.target, testing))
      return breach('no helper of tests, as it runs in production');
    const imports = [...room.imports, ...(isTest(each.file) ? ['test/**'] : [])].map((pattern) =>
      pattern.replace('{app}', app),
    );
    return imports.some((pattern) => matchesGlob(each.target, pattern))
      ? []
      : breach(imports.join(', ') || 'no file of ours');
  }
  const name = packageOf(each.target);
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => matchesGlob(name, pattern));
  if (room.notPackages && matches(room.notPackages)) return breach(`any package but ${room.notPackages.join(', ')}`);
  if (isTest(each.file)) return [];
  if (room.kitOnly && matches(kitsOwn)) return breach(`${clientsOfTheKit}; its metrics and its log`);
  if (room.packages && !matches(room.packages)) return breach(room.packages.join(', ') || 'no package');
  if (room.runs && !isBuiltin(name) && !(name in manifest.dependencies)) {
    return breach('packages under "dependencies" in package.json, as it runs in production');
  }
  return [];
}

function roomOf(file: string): { room: Room; app: string } | undefined {
  const app = /^src\/apps\/([^/]+)\//.exec(file)?.[1] ?? '';
  const room = rooms.find(({ files }) => matchesGlob(file, files.replace('{app}', app)));
  return room && { room, app };
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}

/** `@scope/name` or `name` of a specifier that may go on with a path inside the package. */
export function packageOf(specifier: string): string {
  if (isBuiltin(specifier)) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
