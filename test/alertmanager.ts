import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { eventually } from '../src/apps/kit/testing/eventually.ts';
import { freePort } from '../src/apps/kit/testing/free-port.ts';

/** What a test is that may be skipped. */
interface Context {
  skip(note?: string): void;
}

type Labels = Readonly<Record<string, string>>;

/** What Alertmanager makes of an alert. */
export interface Heard {
  readonly labels: Labels;
  /** The receivers that it goes to. */
  readonly receivers: readonly string[];
  /** Whether another alert holds it back. */
  readonly isInhibited: boolean;
}

/** An Alertmanager of this machine that runs by a configuration. */
export interface RunningAlertmanager extends AsyncDisposable {
  /** Tells it of alerts, as Prometheus does. */
  post(alerts: readonly object[]): Promise<void>;
  /** What it answers at a path. */
  get(path: string): Promise<string>;
}

/**
 * Runs the Alertmanager that `ALERTMANAGER` names or that is on PATH. Skips the test if there is none; where `CI` is set, what is not tested must not pass.
 *
 * @throws Error with what it says of a configuration that it refuses
 */
export async function startAlertmanager(context: Context, configuration: object): Promise<RunningAlertmanager> {
  const command = await findAlertmanager(context);
  const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'));
  const file = join(folder, 'alertmanager.yaml');
  // What it reads is YAML, and JSON is.
  await writeFile(file, JSON.stringify(configuration));
  const at = `127.0.0.1:${await freePort()}`;
  const args = [
    ...[`--config.file=${file}`, `--storage.path=${folder}`, `--web.listen-address=${at}`],
    '--cluster.listen-address=',
  ];
  const server = execa(command, args, { reject: false, all: true });
  let ended: string | undefined;
  void server.then(({ all }) => {
    ended = all;
  });
  const ask = async (path: string, init?: RequestInit) => {
    expect(ended, 'Alertmanager refuses the configuration').toBeUndefined();
    const response = await fetch(`http://${at}${path}`, init);
    const text = await response.text();
    expect({ status: response.status }, text).toEqual({ status: 200 });
    return text;
  };
  const end = async () => {
    server.kill('SIGKILL');
    await server;
    await rm(folder, { recursive: true });
  };
  try {
    await eventually(async () => ended ?? (await ask('/-/ready')));
    await ask('/-/ready');
  } catch (error) {
    await end();
    throw error;
  }
  return {
    async post(alerts) {
      const headers = { 'Content-Type': 'application/json' };
      await ask('/api/v2/alerts', { method: 'POST', headers, body: JSON.stringify(alerts) });
    },
    get: (path) => ask(path),
    [Symbol.asyncDispose]: end,
  };
}

/** What an Alertmanager makes of alerts by a configuration: whom it would tell of which, and what it holds back. It tells nobody. */
export async function hear(context: Context, configuration: object, alerts: readonly Labels[]): Promise<Heard[]> {
  const quiet = JSON.parse(JSON.stringify(withLast(configuration), silenced)) as object;
  await using alertmanager = await startAlertmanager(context, quiet);
  const sent = [...alerts, held, last].map((labels) => ({ labels }));
  await alertmanager.post(sent);
  const told = await eventually(async () => {
    const heard = JSON.parse(await alertmanager.get('/api/v2/alerts')) as ApiAlert[];
    expect(heard).toHaveLength(sent.length);
    expect(heard.filter(isInhibited).map(({ labels }) => labels)).toContainEqual(held);
    return heard.filter(({ labels }) => ![held, last].some(({ alertname }) => alertname === labels['alertname']));
  });
  return told.map((alert) => ({
    labels: alert.labels,
    receivers: alert.receivers.map(({ name }) => name),
    isInhibited: isInhibited(alert),
  }));
}

interface ApiAlert {
  readonly labels: Labels;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly inhibitedBy: readonly string[] };
}

function isInhibited({ status }: ApiAlert): boolean {
  return status.inhibitedBy.length > 0;
}

/**
 * What an alert holds back, Alertmanager finds out some time after it took it, one alert after the other. Once it is so far with the last, what it says of all of them is what it
 * means.
 */
const last = { alertname: 'TheLastOfTheTest' };
const held = { alertname: 'HeldBackByTheLast' };

function withLast(configuration: object): object {
  const rules = 'inhibit_rules' in configuration ? (configuration.inhibit_rules as object[]) : [];
  const matcherOf = ({ alertname }: { alertname: string }) => [`alertname="${alertname}"`];
  const rule = { source_matchers: matcherOf(last), target_matchers: matcherOf(held) };
  return { ...configuration, inhibit_rules: [...rules, rule] };
}

/** It waits longer for further alerts than a test takes, so no message leaves this machine. And what Debian has knows of no `url_file` yet. */
function silenced(key: string, value: unknown): unknown {
  if (key === 'group_wait') return '1h';
  if (value !== null && typeof value === 'object' && 'url_file' in value) {
    const { url_file: _, ...rest } = value;
    return { ...rest, url: 'http://127.0.0.1:9' };
  }
  return value;
}

async function findAlertmanager(context: Context): Promise<string> {
  const given = process.env['ALERTMANAGER'];
  // Debian calls it so, as another program of that name was there before.
  for (const command of given ? [given] : ['alertmanager', 'prometheus-alertmanager']) {
    const { failed } = await execa(command, ['--version'], { reject: false });
    if (!failed) return command;
  }
  const note = `no Alertmanager: ${given || 'none on PATH'}; fix: install it, such as by apt-get install prometheus-alertmanager, or set ALERTMANAGER to one`;
  if (process.env['CI']) throw new Error(note);
  context.skip(note);
  throw new Error(note);
}
