import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passwordKey } from '../charts/identity.ts';
import { type NeededSecret, newValues } from '../charts/needed-secrets.ts';
import { kubectl } from './kubectl.ts';

/** A Secret of the cluster without its values. */
export interface FoundSecret {
  readonly name: string;
  /** Changes with the Secret. */
  readonly resourceVersion: string;
  /** The names of its keys. */
  readonly keys: readonly string[];
}

/** What a Secret that is there lacks. */
export interface Gap {
  readonly needed: NeededSecret;
  readonly found: FoundSecret;
  /** What can be added without knowing the rest: its keys with random values, and a URL with its password. */
  readonly makeable: NeededSecret['keys'];
  /** What repeats another value of the Secret, or is repeated by it, and so cannot be made by itself. */
  readonly torn: readonly string[];
  /** What only a person knows and its readers cannot do without. */
  readonly persons: NeededSecret['keys'];
}

/** Prints names alone. One Secret comes by itself, several as a list. */
const namesTemplate = [
  '{{define "secret"}}{{.metadata.name}} {{.metadata.resourceVersion}}{{range $key, $value := .data}} {{$key}}{{end}}{{"\\n"}}{{end}}',
  '{{if .items}}{{range .items}}{{template "secret" .}}{{end}}{{else}}{{template "secret" .}}{{end}}',
].join('');

/** The names of the keys of Secrets that are there. @throws CommandError */
export async function findKeys(namespace: string, names: readonly string[]): Promise<FoundSecret[]> {
  if (names.length === 0) return [];
  const text = await kubectl([
    ...['get', 'secrets', ...names, `--namespace=${namespace}`],
    `--output=go-template=${namesTemplate}`,
  ]);
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', resourceVersion = '', ...keys] = line.split(' ');
      return { name, resourceVersion, keys };
    });
}

/** What a Secret lacks of what is needed. What is optional it may lack. */
export function gapOf(needed: NeededSecret, found: FoundSecret): Gap {
  const lacks = Object.entries(needed.keys).filter(([key]) => !found.keys.includes(key));
  const [persons, others] = [
    lacks.filter(([, value]) => value.from === 'person' && !value.optional),
    lacks.filter(([, value]) => value.from !== 'person'),
  ];
  const pair = pairOf(needed);
  const lacked = pair.filter((key) => !found.keys.includes(key));
  const torn = lacked.length < pair.length ? lacked : [];
  const makeable = others.filter(([key]) => !torn.includes(key));
  return { needed, found, makeable: Object.fromEntries(makeable), torn, persons: Object.fromEntries(persons) };
}

/** The password and the URL with it, where a Secret has both. */
function pairOf({ keys }: NeededSecret): string[] {
  const urls = Object.keys(keys).filter((key) => keys[key]?.from === 'password');
  return urls.length > 0 ? [passwordKey, ...urls] : [];
}

/** Adds what can be added. The values that are there are neither sent nor changed. @throws CommandError also if the Secret was changed meanwhile */
export async function complete({ needed, found, makeable }: Gap): Promise<void> {
  const values = Object.entries(newValues({ ...needed, keys: makeable }));
  const patch = {
    metadata: { resourceVersion: found.resourceVersion },
    data: Object.fromEntries(values.map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
  // kubectl takes no patch from the pipe that Node gives it, and everybody on this machine sees arguments.
  const folder = await mkdtemp(join(tmpdir(), 'trellis-secret-'));
  try {
    const file = join(folder, 'patch.json');
    await writeFile(file, JSON.stringify(patch), { mode: 0o600 });
    await kubectl([
      'patch',
      'secret',
      needed.name,
      `--namespace=${needed.namespace}`,
      '--type=merge',
      `--patch-file=${file}`,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
