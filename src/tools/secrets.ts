import { Yaml } from 'cdk8s';
import { Command } from 'commander';
import { mainEnvironment } from '../charts/environment-folder.ts';
import { systemLabels } from '../charts/identity.ts';
import { canBeMade, type NeededSecret, neededSecrets, newValues } from '../charts/needed-secrets.ts';
import type { Environment, System } from '../model/index.ts';
import { checkNamespace } from './check-namespace.ts';
import { complete, findKeys, type Gap, gapOf } from './complete-secret.ts';
import { findSystem } from './find-system.ts';
import { kubectl } from './kubectl.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly environment: string;
  readonly print?: true;
}

await runCommand(
  new Command('npm run secrets --')
    .description(
      'Creates the Secrets that a system needs and that nobody has to know, with random values, in the cluster of the current kubectl context. No value that is there already is looked at or changed; a Secret that lacks a key gets it.',
    )
    .argument('<system>', 'the system')
    .option('--environment <environment>', 'the environment that the cluster is', mainEnvironment)
    .option('--print', 'print the Secrets, values and all, in place of creating them')
    .action(async (name: string, { environment: environmentName, print }: Options) => {
      const { system, environment } = await findSystem(name, environmentName);
      if (print) printSecrets(system, environment);
      else await createSecrets(system, environment);
    }),
);

function printSecrets(system: System, environment: Environment): void {
  const needed = neededSecrets(system, environment);
  process.stdout.write(
    Yaml.stringify(...needed.filter(canBeMade).map((each) => manifestOf(each, system, environment))),
  );
  console.error(
    [
      'These are passwords in clear text: encrypt them (kubeseal, sops) before they are stored anywhere, and never commit them as they are.',
      'They are new ones each time: create them where none are yet, as a store does not forget its old ones: npm run --silent secrets -- SYSTEM --print | kubectl create -f -. Without --silent, npm writes a line of its own before them.',
      ...forPeople(needed, new Set(needed.filter(canBeMade).map((each) => each.name))),
    ].join('\n'),
  );
}

async function createSecrets(system: System, environment: Environment): Promise<void> {
  const namespace = system.name;
  console.log(`cluster: ${(await kubectl(['config', 'current-context'])).trim()}, namespace: ${namespace}`);
  await checkNamespace(namespace, environment, `npm run secrets -- ${namespace}`);
  // The table that the server makes has their names and no values, whereas --output=name fetches all of each.
  const table = await kubectl(['get', 'secrets', `--namespace=${namespace}`, '--no-headers']);
  const existing = new Set(table.split('\n').map((line) => line.split(/\s/)[0] ?? ''));
  const needed = neededSecrets(system, environment);
  const missing = needed.filter((each) => !existing.has(each.name));
  const made = missing.filter(canBeMade);
  if (made.length > 0) {
    const items = made.map((each) => manifestOf(each, system, environment));
    // By standard input, as everybody on this machine sees arguments. Not `apply`: it would keep the values a second time, and overwrite.
    await kubectl(['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }
  const gaps = await findGaps(
    namespace,
    needed.filter((each) => existing.has(each.name)),
  );
  const completed = gaps.filter(({ makeable }) => Object.keys(makeable).length > 0);
  for (const each of completed) await complete(each);
  const found = needed.length - missing.length;
  console.log(
    `Secrets: ${needed.length} needed, ${found} there already, ${made.length} created, ${completed.length} completed`,
  );
  for (const { needed, makeable } of gaps)
    console.log(
      completed.some((each) => each.needed === needed)
        ? `completed      ${needed.name} (${Object.keys(makeable).join(', ')})`
        : `there already  ${needed.name}`,
    );
  for (const { name, keys } of made) console.log(`created        ${name} (${Object.keys(keys).join(', ')})`);
  const ofPersons = gaps
    .filter(({ persons }) => Object.keys(persons).length > 0)
    .map(({ needed, persons }) => ({ ...needed, keys: persons }));
  const patched = new Set([...made, ...ofPersons].map((each) => each.name));
  for (const line of [...forPeople([...missing, ...ofPersons], patched), ...toMakeAnew(gaps, system, environment)])
    console.log(line);
}

async function findGaps(namespace: string, needed: readonly NeededSecret[]): Promise<Gap[]> {
  const found = await findKeys(
    namespace,
    needed.map((each) => each.name),
  );
  return found.flatMap((each) => {
    const match = needed.find(({ name }) => name === each.name);
    return match ? [gapOf(match, each)] : [];
  });
}

/** What is left to do where a value cannot be added, as it repeats one that we do not look at. */
function toMakeAnew(gaps: readonly Gap[], { name: system }: System, { name: environment }: Environment): string[] {
  const torn = gaps.filter((each) => each.torn.length > 0);
  if (torn.length === 0) return [];
  const option = environment === mainEnvironment ? '' : ` --environment ${environment}`;
  return [
    'for you to make anew, as a password and the URL with it belong together; then restart who reads it (docs/guide/operations.md, Another password):',
    ...torn.flatMap(({ needed, torn: keys }) => [
      `  # ${needed.name} lacks ${keys.join(', ')}`,
      `  kubectl delete secret ${needed.name} --namespace=${needed.namespace}`,
    ]),
    `  npm run secrets -- ${system}${option}`,
  ];
}

function manifestOf(needed: NeededSecret, system: System, environment: Environment) {
  const values = Object.entries(newValues(needed));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: needed.name,
      namespace: needed.namespace,
      labels: { ...systemLabels(system, environment), ...needed.labels },
    },
    type: needed.type ?? 'Opaque',
    data: Object.fromEntries(values.map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

/** What is left to do for those who know the values. @param made the Secrets that are there by now, to which a key is added */
function forPeople(secrets: readonly NeededSecret[], made: ReadonlySet<string>): string[] {
  const needed = secrets.flatMap((each) => commandFor(each, keysOfPersons(each, false), made.has(each.name)));
  const optional = secrets.flatMap((each) => {
    const isThere = made.has(each.name) || keysOfPersons(each, false).length > 0;
    return commandFor(each, keysOfPersons(each, true), isThere);
  });
  return [
    ...(needed.length > 0 ? ['for you to create, as only a person knows the values:', ...needed] : []),
    ...(optional.length > 0
      ? ['not needed to start; for you to create where you want them, as only a person knows the values:', ...optional]
      : []),
  ];
}

type KeyOfPerson = { readonly key: string } & Extract<NeededSecret['keys'][string], { from: 'person' }>;

function keysOfPersons({ keys }: NeededSecret, optional: boolean): KeyOfPerson[] {
  return Object.entries(keys).flatMap(([key, value]) =>
    value.from === 'person' && value.optional === optional ? [{ key, ...value }] : [],
  );
}

/** The command that sets some keys of a Secret, under a line on each. @param isThere whether to add them to it @default - it is made with the rest of its keys */
function commandFor(
  { name, namespace, keys }: NeededSecret,
  persons: readonly KeyOfPerson[],
  isThere: boolean,
): string[] {
  if (persons.length === 0) return [];
  const comments = persons.map(({ key, readers, optional, description }) => {
    const what = description ? `: ${description}` : '';
    return `  # ${key} is for ${readers.join(', ')}${optional ? ', which runs without it too' : ''}${what}`;
  });
  if (isThere) {
    const stringData = Object.fromEntries(persons.map(({ key }) => [key, 'VALUE']));
    const patch = JSON.stringify({ stringData });
    return [...comments, `  kubectl patch secret ${name} --namespace=${namespace} --type=merge --patch='${patch}'`];
  }
  const literals = [
    ...persons.map(({ key }) => `--from-literal=${key}=VALUE`),
    ...Object.entries(keys).flatMap(([key, value]) => {
      if (value.from === 'person') return [];
      return [`--from-literal=${key}=${value.from === 'declaration' ? value.value : '"$(openssl rand -hex 32)"'}`];
    }),
  ];
  return [...comments, `  kubectl create secret generic ${name} --namespace=${namespace} ${literals.join(' ')}`];
}
