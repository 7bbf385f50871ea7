import { randomBytes } from 'node:crypto';
import {
  backupSecret,
  backupVariables,
  type Environment,
  type StoreKind,
  type Stores,
  type System,
  storeSecret,
  storeSecretKeys,
  variablesOf,
} from '../model/index.ts';
import { type CloudNativePgStore, databaseAddress, databaseAuthority } from './cloud-native-pg.ts';
import { inClusterStores, passwordKey } from './identity.ts';
import { receiverValues } from './observability/routing/receiver-values.ts';
import { isBackedUp } from './placement.ts';

/** A Secret that a system reads in an environment. */
export interface NeededSecret {
  readonly name: string;
  /** The namespace: the system's. */
  readonly namespace: string;
  /** Its type, where who reads it asks for one. @default 'Opaque' */
  readonly type?: string;
  /** Labels by which who reads it notices a change. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** How the value of each of its keys comes to be. */
  readonly keys: Readonly<Record<string, NeededValue>>;
}

/** Any random value; a URL with the password of the same Secret; what follows from the declaration; or what only a person knows. */
export type NeededValue =
  | { readonly from: 'random' }
  | { readonly from: 'declaration'; readonly value: string }
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

  const usesDatabase = system.services.some(({ uses }) => uses.database);
  if (stores.database?.kind === 'postgres' && usesDatabase) add(inClusterStores.database.name, passwordKey, random);
  if (stores.database?.kind === 'cloudnative-pg' && usesDatabase) {
    for (const [secret, key, value] of backupKeys(stores.database)) add(secret, key, value);
  }
  for (const { name, uses } of system.services) {
    for (const kind of Object.keys(inClusterStores) as StoreKind[]) {
      if (!uses[kind] || !isInCluster(kind)) continue;
      const secret = storeSecret(name, kind);
      for (const [key, value] of Object.entries(storeKeys(kind, name, stores))) add(secret, key, value);
    }
  }
  for (const service of system.services.filter((each) => isBackedUp({ service: each, environment }))) {
    const isOutside = environment.backups?.to.kind === 'outside';
    for (const [variable, declared] of Object.entries(backupVariables(service.name))) {
      if (declared.type !== 'secret' || declared.secret !== backupSecret) continue;
      const readers = [`the backups of ${service.name}, as ${variable}`];
      const person = { from: 'person', readers, optional: true, description: undefined } as const;
      add(backupSecret, declared.key, isOutside ? person : random);
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
  // Those of the whole configuration of Alertmanager are in its own namespace.
  if (environment.alerting?.kind === 'alertmanagerConfig') {
    for (const { secret, key, description } of receiverValues(environment.alerting))
      add(secret, key, { from: 'person', readers: ['alerts'], optional: false, description });
  }
  const ofRoles = stores.database?.kind === 'cloudnative-pg' ? databaseSecrets(system) : [];
  return [...secrets].map(([name, keys]) => ({
    name,
    namespace: system.name,
    ...(ofRoles.includes(name) && roleSecret),
    keys,
  }));
}

/**
 * What CloudNativePG asks of the Secret with the password of a role.
 * @see https://cloudnative-pg.io/documentation/current/declarative_role_management/
 */
const roleSecret = { type: 'kubernetes.io/basic-auth', labels: { 'cnpg.io/reload': 'true' } } as const;

function databaseSecrets(system: System): string[] {
  return system.services.filter(({ uses }) => uses.database).map(({ name }) => storeSecret(name, 'database'));
}

function backupKeys({ backups }: CloudNativePgStore): [secret: string, key: string, value: NeededValue][] {
  if (backups === 'none') return [];
  return [storeSecretKeys.accessKeyId, storeSecretKeys.secretAccessKey].map((key) => [
    backups.secret,
    key,
    { from: 'person', readers: ['the backups of the database'], optional: false, description: `of ${backups.to}` },
  ]);
}

function storeKeys(kind: StoreKind, service: string, { database }: Stores): Record<string, NeededValue> {
  if (kind === 'objects') return { [storeSecretKeys.accessKeyId]: random, [storeSecretKeys.secretAccessKey]: random };
  if (kind === 'database' && database?.kind === 'cloudnative-pg') {
    const { host, port } = databaseAddress(database);
    const { folder, key } = databaseAuthority;
    return {
      username: { from: 'declaration', value: service },
      [passwordKey]: random,
      [storeSecretKeys.url]: {
        from: 'password',
        url: (password) =>
          `postgres://${service}:${password}@${host}:${port}/${service}?sslmode=verify-full&sslrootcert=${folder}/${key}`,
      },
    };
  }
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
  for (const [key, value] of Object.entries(keys)) {
    if (value.from === 'random') values[key] = randomText();
    if (value.from === 'declaration') values[key] = value.value;
  }
  const password = values[passwordKey] ?? '';
  for (const [key, value] of Object.entries(keys)) if (value.from === 'password') values[key] = value.url(password);
  return values;
}

/** 256 random bits, as letters, digits, - and _. */
export function randomText(): string {
  return randomBytes(32).toString('base64url');
}
