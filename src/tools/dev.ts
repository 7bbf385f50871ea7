import { type FSWatcher, watch } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import { loadSystems } from '../charts/load-systems.ts';
import { parseVariable, type System } from '../model/index.ts';
import { hasPage } from './build-page.ts';
import { passwordOf } from './demo/demo-password.ts';
import { fillDemo, logInLine } from './demo/fill-demo.ts';
import { buildPages, pagesOf } from './dev-pages.ts';
import { devPrinter } from './dev-printer.ts';
import { createDevProxy } from './dev-proxy.ts';
import {
  DevService,
  declaredIn,
  environmentOf,
  isComposition,
  localUrl,
  type Ports,
  servicesOf,
} from './dev-service.ts';
import { checkDevStores, startDevStores } from './dev-stores.ts';
import { freePorts } from './free-ports.ts';
import { root } from './repository.ts';
import { CommandError, runCommand, unknownValue } from './run-command.ts';

const preferredSystem = 'insta';
/** The system that the demo is of. */
const demoSystem = 'insta';

interface Options {
  /** Whether to clear the data of the system first. */
  readonly reset?: boolean;
  /** Whether to fill it with the demo. */
  readonly demo?: boolean;
}

await runCommand(
  new Command('npm run dev --')
    .description('Runs every service of a system on this machine, under one URL, with live reload.')
    .argument('[system]', `the system; without one, ${preferredSystem}`)
    .option('--reset', 'clears the data of the system first, apart from those in the Redis of REDIS_URL')
    .option('--demo', `fills ${demoSystem} with people, pictures, posts, likes and comments that are not there yet`)
    .addHelpText(
      'after',
      `
Environment:
  PORT       the port of the one URL (default: 8080; 0 takes a free one)
  REDIS_URL  a Redis to use (default: redis-server if it is on PATH, else a file)
  TRELLIS_DATA  the folder of the data of all systems (default: .trellis)
  DEMO_PASSWORD  the password of everybody of the demo (default: one that everybody can read in src/tools/demo)
  LOG_LEVEL  trace | debug | info | warn | error | fatal (default: info)
  Every other variable reaches the services: what they declare, and the URLs of APIs outside. Not so what this sets itself: DATABASE_URL, OBJECTS_URL,
  HTTP_HOST, HTTP_PORT, METRICS_PORT, and the URLs of the services among themselves, such as USERS_URL.`,
    )
    .action(async (name: string | undefined, { reset = false, demo = false }: Options) => {
      const { systems } = await loadSystems();
      const system = chosenSystem(name, systems);
      if (demo && system.name !== demoSystem)
        throw new CommandError(
          `--demo: got the system ${system.name}; allowed: ${demoSystem}; fix: leave --demo out, or run ${demoSystem}`,
          2,
        );
      const password = demo ? passwordOf(process.env) : undefined;
      await dev(system, portOf(process.env['PORT']), reset, password);
    }),
);

function chosenSystem(name: string | undefined, systems: readonly System[]): System {
  const chosen = systems.find((each) => each.name === (name ?? preferredSystem)) ?? (name ? undefined : systems[0]);
  if (chosen) return chosen;
  const names = systems.map((each) => each.name);
  throw unknownValue('system', name ?? 'nothing', names, 'name one of these, or add it to src/systems/index.ts');
}

function portOf(given: string | undefined): number {
  const declared = { type: 'integer', min: 0, max: 65_535, default: 8080 } as const;
  const parsed = parseVariable(declared, given || String(declared.default));
  if ('value' in parsed) return Number(parsed.value);
  throw new CommandError(`PORT: got "${given}"; allowed: ${parsed.allowed}; fix: ${parsed.fix}`, 2);
}

/** @param password of everybody of the demo @default - no demo */
async function dev(system: System, port: number, reset: boolean, password?: string): Promise<void> {
  const { env } = process;
  await checkDevStores({ system, env, reset });
  const isBuilt = await buildPages(system.services.map((service) => service.name).filter(hasPage));
  if (!isBuilt) throw new CommandError('a page could not be built; correct what is told above, and run it again', 1);
  const ports = await portsFor(system);
  const proxy = await createDevProxy(system, (service) => localUrl(ports.get(service)));
  await listen(proxy, port);

  const width = Math.max(...system.services.map((service) => service.name.length));
  const services: DevService[] = [];
  let watcher: FSWatcher | undefined;
  let state: 'starting' | 'filling' | 'running' | 'stopping' = 'starting';
  const storesStart = startDevStores({
    system,
    env,
    reset,
    print: console.log,
    onExit: () => {
      if (state === 'stopping') return;
      console.log('the data stores ended by themselves; end this and run it again');
      if (state === 'starting') process.exit(1);
    },
  });

  // However this process ends, no service outlives it.
  process.once('exit', () => {
    for (const each of services) each.kill();
  });
  // From the first moment on: stores that are just starting end in order, too.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, async () => {
      if (state === 'stopping') process.exit(1);
      state = 'stopping';
      watcher?.close();
      console.log('stopping, once requests under way are answered (again: at once)');
      await Promise.all([proxy.close(), ...services.map((each) => each.stop())]);
      // Why they did not start is told below.
      await storesStart.then(
        (stores) => stores.stop(),
        () => {},
      );
      process.exit();
    });
  }

  const stores = await storesStart;
  if (state !== 'starting') return;
  for (const service of system.services) {
    const log = devPrinter({
      prefix: service.name.padEnd(width),
      colorize: process.stdout.isTTY ?? false,
      // Of the demo alone there would be a thousand lines.
      isBrief: () => state === 'filling',
      print: console.log,
    });
    const onExit = (how: string) => {
      if (state === 'stopping') return;
      log(`ended by itself ${how}${state !== 'starting' ? '; it starts again when one of its files changes' : ''}`);
      // Before all are ready there is nothing to come back to.
      if (state === 'starting') process.exit(1);
    };
    const own = { ...environmentOf(service, ports), ...stores.environmentOf(service) };
    services.push(new DevService({ service, env: own, url: localUrl(ports.get(service.name)), log, onExit }));
  }
  for (const each of services) each.start();
  // What is not ready may become it by a change.
  watcher = restartOnChange(system, services);
  await Promise.all(services.map((each) => each.ready()));
  if (state !== 'starting') return;
  state = 'filling';
  const url = urlOf(proxy);
  const logIn = password === undefined ? [] : await demo(url, password, () => state !== 'filling');
  if (state !== 'filling') return;
  state = 'running';
  announce(system, ports, url, [...(stores.summary ? [stores.summary] : []), ...logIn]);
}

/** Before anybody is told that all is ready: what they then open is a living page. @returns what is to be said about it */
async function demo(url: URL, password: string, isOver: () => boolean): Promise<string[]> {
  try {
    await fillDemo({ url, password, print: (line) => console.log(`demo: ${line}`) });
    return [logInLine(url, password)];
  } catch (error) {
    // What runs is of use without it, too.
    if (!(error instanceof CommandError)) throw error;
    return isOver() ? [] : [`demo: not all of it is there: ${error.message}`];
  }
}

function urlOf(proxy: FastifyInstance): URL {
  const { port } = proxy.server.address() as AddressInfo;
  return new URL(`http://127.0.0.1:${port}`);
}

async function portsFor({ services }: System): Promise<ReadonlyMap<string, Ports>> {
  const numbers = await freePorts(2 * services.length);
  return new Map(
    services.map(({ name }, index) => [name, { http: numbers[2 * index] ?? 0, metrics: numbers[2 * index + 1] ?? 0 }]),
  );
}

async function listen(proxy: FastifyInstance, port: number): Promise<void> {
  try {
    await proxy.listen({ host: '127.0.0.1', port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new CommandError(
        `PORT: got ${port}, which is in use; allowed: a free port; fix: end what uses it, or set PORT=${port + 1}`,
        1,
      );
    if (code === 'EACCES')
      throw new CommandError(
        `PORT: got ${port}, which only root may use; allowed: a port from 1024; fix: set PORT=8080`,
        1,
      );
    throw error;
  }
}

function restartOnChange(system: System, services: readonly DevService[]): FSWatcher {
  const changed = new Set<string>();
  let restarting = false;
  const restart = async () => {
    if (restarting) return;
    restarting = true;
    while (changed.size > 0) {
      // Editors write a file in several steps, and a branch changes many files.
      await sleep(100);
      if ([...changed].some(isComposition))
        console.log('src/systems changed: what runs here is as before; end this and run it again to see the change');
      const declared = new Set([...changed].flatMap((file) => declaredIn(file, system)?.name ?? []));
      if (declared.size > 0)
        console.log(
          `the declaration of ${[...declared].join(', ')} changed: which routes are exposed, who calls whom and which stores there are is as before; end this and run it again to see a change of these`,
        );
      const pages = new Set([...changed].flatMap((file) => pagesOf(file, system)));
      const names = new Set([...changed].flatMap((file) => servicesOf(file, system)).map((service) => service.name));
      changed.clear();
      if (pages.size > 0 && (await buildPages(pages))) console.log(`built the page of ${[...pages].join(', ')}`);
      await Promise.all(services.filter((each) => names.has(each.name)).map((each) => each.restart()));
    }
    restarting = false;
  };
  return watch(`${root}src`, { recursive: true }, (_event, file) => {
    if (file === null) return;
    changed.add(file);
    void restart();
  });
}

/** @param more lines at the end */
function announce(
  { name, entrances, services }: System,
  ports: ReadonlyMap<string, Ports>,
  { origin, port }: URL,
  more: readonly string[],
): void {
  const width = Math.max(
    ...[...entrances.map((each) => each.host), ...services.map((each) => each.name)].map((text) => text.length),
  );
  const row = (key: string, value: string) => `  ${key.padEnd(width)}  ${value}`;
  console.log(
    [
      `ready ${origin}`,
      `system ${name}, by host:`,
      ...entrances.map(({ host }) => row(host, `http://${host}.localhost:${port}`)),
      'its services themselves:',
      ...services.map((service) => row(service.name, `${localUrl(ports.get(service.name))}/openapi.json`)),
      ...more,
    ].join('\n'),
  );
}
