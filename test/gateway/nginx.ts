import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { request } from 'undici';
import { freePort } from '../../src/apps/kit/testing/free-port.ts';
import { LogLines } from '../../src/apps/kit/testing/log-lines.ts';
import { writableFolder } from '../../src/charts/gateway/gateway-files.ts';
import { gatewayEnd } from '../../src/charts/gateway/gateway-lifecycle.ts';
import { gatewayPorts, nodePortListener } from '../../src/charts/gateway/gateway-listeners.ts';
import { gatewayScript } from '../../src/charts/gateway/gateway-script.ts';
import { gatewayServices } from '../../src/charts/gateway/gateway-services.ts';
import { nginxConfig } from '../../src/charts/gateway/nginx-config.ts';
import { activator, type Environment, type System, sleepersBehindGateway } from '../../src/model/index.ts';

const logFile = 'access.log';

/** Files by name. */
type Files = Readonly<Record<string, string>>;

/** What a test is that may be skipped. */
interface Context {
  skip(note?: string): void;
}

/** Skips the test where there is no Nginx; where `CI` is set, what is not tested must not pass. */
export async function needNginx(context: Context): Promise<void> {
  const { failed } = await execa('nginx', ['-v'], { reject: false });
  if (!failed) return;
  const note = 'no nginx on PATH; fix: install it, such as by apt-get install nginx-light';
  if (process.env['CI']) throw new Error(note);
  context.skip(note);
}

export interface Place {
  /** What stands for the one folder that may be written to, and has the files. */
  readonly folder: string;
  /** Where each service answers on this machine. @default - at its own port */
  readonly upstreams?: Readonly<Record<string, number>>;
  /** Which port of this machine stands for a port of the pod. @default - the same */
  readonly portOf?: (port: number) => number;
}

/** The same configuration for this machine: names of services, ports and folders are all that differs. */
function localized(files: Files, { folder, upstreams = {}, portOf = (port) => port }: Place): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      text
        .replaceAll(/server ([\w-]+):(\d+) /g, (_, service, port) => `server 127.0.0.1:${upstreams[service] ?? port} `)
        .replaceAll(`127.0.0.1:${activator.port}/`, `127.0.0.1:${upstreams[activator.name] ?? activator.port}/`)
        .replaceAll(/listen (\d+)/g, (_, port) => `listen 127.0.0.1:${portOf(Number(port))}`)
        // Node hands its children sockets, which no path can open.
        .replaceAll('/dev/stdout', `${writableFolder}/${logFile}`)
        .replaceAll(`${writableFolder}/`, `${folder}/`),
    ]),
  );
}

/** Writes a configuration for this machine. @returns the folder of it, which the caller deletes */
async function write(files: Files, place: Omit<Place, 'folder'> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  // Started by root, Nginx works as somebody else.
  await chmod(folder, 0o777);
  for (const [name, text] of Object.entries(localized(files, { folder, ...place }))) {
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** What `nginx -t` says of a configuration, and whether it passed. */
export async function checked(files: Files): Promise<{ passed: boolean; said: string }> {
  const folder = await write(files);
  try {
    const { exitCode, stderr } = await execa('nginx', ['-e', 'stderr', '-t', '-c', join(folder, 'nginx.conf')], {
      reject: false,
    });
    return { passed: exitCode === 0, said: stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A gateway as a process, started and ended as in a pod. */
export interface RunningGateway extends AsyncDisposable {
  /** Where the Ingress or HTTPRoute leads to. */
  readonly url: string;
  /** Where the load balancer leads to. */
  readonly balancerUrl: string;
  /** Where the NodePort of an entrance leads to. */
  nodePortUrl(index: number): string;
  /** What the kubelet asks. */
  readonly healthUrl: string;
  readonly errors: LogLines;
  /** The lines of requests so far. */
  log(): Promise<LogLines>;
  /** Tells it to end, as the kubelet does. @returns its exit code */
  end(): Promise<number | null>;
}

export interface StartGatewayProps {
  readonly system: System;
  readonly environment: Environment;
  /** The port of this machine at which each service and the activator answer, by their names. */
  readonly upstreams: Readonly<Record<string, number>>;
}

/** @throws Error if it does not answer within 10 s */
export async function startGateway({ system, environment, upstreams }: StartGatewayProps): Promise<RunningGateway> {
  const gateway = environment.gateways[system.name];
  if (!gateway) throw new Error(`${environment.name} has no gateway for ${system.name}`);
  const given = [
    ...[gatewayPorts.controllers, gatewayPorts.loadBalancer, gatewayPorts.health],
    ...system.entrances.map((_, index) => nodePortListener(index).port),
  ];
  const ports = new Map<number, number>();
  for (const port of given) ports.set(port, await freePort());
  const portOf = (port: number) => ports.get(port) ?? port;
  const end = gatewayEnd(gatewayServices(system), sleepersBehindGateway(environment, system));
  // The script names the folder of the files, which is here the one that is written to as well.
  const files = {
    ...nginxConfig({ system, environment, gateway }),
    'gateway.sh': gatewayScript({ folder: writableFolder, end }),
  };
  const folder = await write(files, { upstreams, portOf });
  const child = spawn('sh', [join(folder, 'gateway.sh')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TZ: 'UTC' },
    // So that no test leaves Nginx behind: all of it is one group.
    detached: true,
  });
  const errors = new LogLines();
  child.stderr.setEncoding('utf8').on('data', (text) => errors.write(text));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const urlOf = (port: number) => `http://127.0.0.1:${portOf(port)}`;
  const dispose = async () => {
    killGroup(child);
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const healthUrl = urlOf(gatewayPorts.health);
  try {
    await untilHealthy(`${healthUrl}/healthz`);
  } catch (error) {
    await dispose();
    throw new Error(`the gateway did not start: ${errors.text}`, { cause: error });
  }
  return {
    url: urlOf(gatewayPorts.controllers),
    balancerUrl: urlOf(gatewayPorts.loadBalancer),
    nodePortUrl: (index) => urlOf(nodePortListener(index).port),
    healthUrl,
    errors,
    async log() {
      const lines = new LogLines();
      lines.write(await readFile(join(folder, logFile), 'utf8'));
      return lines;
    },
    end() {
      child.kill('SIGTERM');
      return exited;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

async function untilHealthy(url: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      const { statusCode, body } = await request(url);
      await body.dump();
      if (statusCode === 200) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await sleep(50);
  }
}
