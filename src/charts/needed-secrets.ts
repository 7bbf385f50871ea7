import { randomBytes } from 'node:crypto';
import {
  type Environment,
  type StoreKind,
  type System,
  storeSecret,
  storeSecretKeys,
  variablesOf,
} from '../model/index.ts';
import { inClusterStores, passwordKey } from './identity.ts';

/** A Secret that a system reads in an environment. */
export interface NeededSecret {
  readonly name: string;
  /** The namespace: the system's. */
  readonly namespace: string;
  /** How the value of each of its keys comes to be. */
  readonly keys: Readonly<Record<string, NeededValue>>;
}

/** Any random value; a URL with the password of the same Secret; or what only a person knows. */
export type NeededValue =
  | { readonly from: 'random' }
  | { readonly from: 'password'; readonly url: (password: string) => string }
  | {
      readonly from: 'person';
      /** Who reads it, as `service.VARIABLE`. */
      readonly readers: readonly string[];
      /** Whether all of them also run without it. */
      readonly optional: boolean;
      /** What it is for. */
      readonly description: string | undefined;
    };

const random: NeededValue = { from: 'random' };

/** Every Secret that the manifests of a system refer to, registries' pull secrets apart: those of stores in the cluster, and those of declared variables. */
export function neededSecrets(system: System, environment: Environment): NeededSecret[] {
  const secrets = new Map<string, Record<string, NeededValue>>();
  const add = (name: string, key: string, value: NeededValue) => {
    const keys = secrets.get(name) ?? {};
    keys[key] = merged(keys[key], value);
    secrets.set(name, keys);
  };
  const { stores } = environment;
  const isInCluster = (kind: StoreKind) => stores[kind] !== undefined && stores[kind].kind !== 'outside';

  if (isInCluster('database') && system.services.some(({ uses }) => uses.database))
    add(inClusterStores.database.name, passwordKey, random);
  for (const { name, uses } of system.services) {
    for (const kind of Object.keys(inClusterStores) as StoreKind[]) {
      if (!uses[kind] || !isInCluster(kind)) continue;
      const secret = storeSecret(name, kind);
      for (const [key, value] of Object.entries(storeKeys(kind, name))) add(secret, key, value);
    }
  }
  for (const service of system.services) {
    for (const [variable, declared] of Object.entries(variablesOf(service))) {
      if (declared.type !== 'secret') continue;
      const { optional, description } = declared;
      const person: NeededValue = { from: 'person', readers: [`${service.name}.${variable}`], optional, description };
      add(declared.secret, declared.key, declared.generated ? random : person);
    }
  }
  return [...secrets].map(([name, keys]) => ({ name, namespace: system.name, keys }));
}

function storeKeys(kind: StoreKind, service: string): Record<string, NeededValue> {
  if (kind === 'objects') return { [storeSecretKeys.accessKeyId]: random, [storeSecretKeys.secretAccessKey]: random };
  const { name, port } = inClusterStores[kind];
  const at = `${name}:${port}`;
  // What is random has no character that a URL would read as its own.
  const url = (password: string) =>
    kind === 'database' ? `postgres://${service}:${password}@${at}/${service}` : `redis://${service}:${password}@${at}`;
  return { [passwordKey]: random, [storeSecretKeys.url]: { from: 'password', url } };
}

/** Two services may read one key. What is made for a store is made, whoever reads it. */
function merged(known: NeededValue | undefined, added: NeededValue): NeededValue {
  if (known === undefined) return added;
  if (known.from !== 'person' || added.from !== 'person') return known.from === 'person' ? added : known;
  return {
    from: 'person',
    readers: [...known.readers, ...added.readers],
    optional: known.optional && added.optional,
    description: known.description ?? added.description,
  };
}

/** Whether nothing in it has to come from a person: what is optional can be added later. */
export function canBeMade({ keys }: NeededSecret): boolean {
  const values = Object.values(keys);
  return (
    values.some(({ from }) => from !== 'person') && values.every((value) => value.from !== 'person' || value.optional)
  );
}

/** New values of a Secret, by key; what a person knows is left out. */
export function newValues({ keys }: NeededSecret): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, { from }] of Object.entries(keys)) if (from === 'random') values[key] = randomText();
  const password = values[passwordKey] ?? '';
  for (const [key, value] of Object.entries(keys)) if (value.from === 'password') values[key] = value.url(password);
  return values;
}

/** 256 random bits, as letters, digits, - and _. */
export function randomText(): string {
  return randomBytes(32).toString('base64url');
}
