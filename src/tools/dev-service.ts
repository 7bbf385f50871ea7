import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { kitPaths, type Service, type System, urlVariable } from '../model/index.ts';
import { entryOf, root } from './repository.ts';

/** The ports of one service on this machine. */
export interface Ports {
  readonly http: number;
  readonly metrics: number;
}

/** The variables that tie the services of a system together here, as the manifests do in a cluster. */
export function environmentOf(service: Service, ports: ReadonlyMap<string, Ports>): Record<string, string> {
  const own = ports.get(service.name);
  const peers = service.calls.map(({ contract }) => [urlVariable(contract.name), localUrl(ports.get(contract.name))]);
  return {
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(own?.http),
    METRICS_PORT: String(own?.metrics),
    ...Object.fromEntries(peers),
  };
}

/** Where a service answers here. */
export function localUrl(ports: Ports | undefined): string {
  return `http://127.0.0.1:${ports?.http}`;
}

/** The services that run a file, by its path from `src`: those must start again when it changes. */
export function servicesOf(file: string, { services }: System): readonly Service[] {
  if (!file.endsWith('.ts') || file.endsWith('.test.ts')) return [];
  const [room, app, name] = file.split(/[/\\]/);
  if (room === 'model') return services;
  // A service reads the page that is built of these without a new start.
  if (room !== 'apps' || name === 'page') return [];
  // Others import the kit, and a contract.
  if (app === 'kit' || name === 'contract.ts') return services;
  return services.filter((service) => service.name === app);
}

/** Whether a file, by its path from `src`, says which services there are and how they are tied: that is read once, at the start. */
export function isComposition(file: string): boolean {
  return /^systems[/\\].*(?<!\.test)\.ts$/.test(file);
}

/**
 * The service of which a file, by its path from `src`, says what it exposes, whom it calls and what it keeps: its process reads that again, while the one URL
 * and the stores are made once, at the start.
 */
export function declaredIn(file: string, { services }: System): Service | undefined {
  const [, app] = /^apps[/\\]([^/\\]+)[/\\](?:contract|service)\.ts$/.exec(file) ?? [];
  return services.find((service) => service.name === app);
}

export interface DevServiceProps {
  readonly service: Service;
  /** What its process is told beside the environment of this one. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it answers. */
  readonly url: string;
  /** Takes each line of its log. */
  readonly log: (line: string) => void;
  /** Told when it ends though nobody asked it to. */
  readonly onExit: (how: string) => void;
}

/** One service of the system as a process on this machine. */
export class DevService {
  readonly #props: DevServiceProps;
  #child: ChildProcess | undefined;
  /** Resolves once the child is gone. All who end it wait for this one. */
  #closed = Promise.resolve();
  /** Whether its end is asked for, and so is no news. */
  #ending = false;
  /** So that a change of a file at the same moment cannot start it again. */
  #stopped = false;

  constructor(props: DevServiceProps) {
    this.#props = props;
  }

  get name(): string {
    return this.#props.service.name;
  }

  start(): void {
    if (this.#stopped) return;
    const { service, env, log, onExit } = this.#props;
    const child = fork(entryOf(service.name), {
      execArgv: ['--import', `${root}src/tools/end-with-parent.ts`],
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl+C in a terminal would else reach it beside our own signal, and a second signal ends it at once.
      detached: true,
    });
    for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on('line', log);
    this.#child = child;
    this.#ending = false;
    this.#closed = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#child = undefined;
        if (!this.#ending) onExit(code === null ? `by ${signal}` : `with code ${code}`);
        resolve();
      });
    });
  }

  /** Starts it again, at once: nobody waits for the answers of code that has just changed. */
  async restart(): Promise<void> {
    if (this.#stopped) return;
    this.#props.log('changed, starts again');
    await this.#end('SIGKILL');
    this.start();
  }

  /** Lets it finish its requests. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end('SIGTERM');
  }

  /** Ends it without a word. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Resolves once it says that it is ready; says every few seconds why it is not. @param every milliseconds from one word to the next */
  async ready(every = 5_000): Promise<void> {
    const url = `${this.#props.url}${kitPaths.ready}`;
    const start = Date.now();
    for (let words = 1; ; await sleep(250)) {
      // Nothing listens there yet, or it is not ready yet: both may come right, or the process ends by itself.
      const answer = await fetch(url, { signal: AbortSignal.timeout(every) }).catch(() => undefined);
      if (answer?.ok) return;
      const text = (await answer?.text().catch(() => '')) || `no answer from ${url}`;
      if (Date.now() - start < words * every || this.#stopped) continue;
      words++;
      this.#props.log(`not ready after ${Math.round((Date.now() - start) / 1_000)} s: ${text}`);
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#child) return;
    this.#ending = true;
    // The child stays at hand, for a kill that cannot wait.
    this.#child.kill(signal);
    await this.#closed;
  }
}
