import { Yaml } from 'cdk8s';
import { Command } from 'commander';
import { execa } from 'execa';
import { systemLabels } from '../charts/identity.ts';
import { loadSystems } from '../charts/load-systems.ts';
import { canBeMade, type NeededSecret, neededSecrets, newValues } from '../charts/needed-secrets.ts';
import type { Environment, System } from '../model/index.ts';
import { CommandError, runCommand, unknownValue } from './run-command.ts';

const mainEnvironment = 'local';

interface Options {
  readonly environment: string;
  readonly print?: true;
}

await runCommand(
  new Command('npm run secrets --')
    .description(
      'Creates the Secrets that a system needs and that nobody has to know, with random values, in the cluster of the current kubectl context. What is there already is neither read nor changed.',
    )
    .argument('<system>', 'the system')
    .option('--environment <environment>', 'the environment that the cluster is', mainEnvironment)
    .option('--print', 'print the Secrets, values and all, in place of creating them')
    .action(async (name: string, { environment: environmentName, print }: Options) => {
      const { systems, environments } = await loadSystems();
      const system = systems.find((each) => each.name === name);
      if (!system) {
        const names = systems.map((each) => each.name);
        throw unknownValue('system', name, names, 'name one of these, or add it to src/systems/index.ts');
      }
      const environment = Object.values(environments).find((each) => each.name === environmentName);
      if (!environment)
        throw unknownValue('environment', environmentName, Object.keys(environments), 'name one of these');
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
      'They are new ones each time: apply them where none are yet (kubectl create -f -), as a store does not forget its old ones.',
      ...forPeople(needed, new Set(needed.filter(canBeMade).map((each) => each.name))),
    ].join('\n'),
  );
}

async function createSecrets(system: System, environment: Environment): Promise<void> {
  const namespace = system.name;
  console.log(`cluster: ${(await kubectl(['config', 'current-context'])).trim()}, namespace: ${namespace}`);
  const namespaceFound = await kubectl(['get', 'namespace', namespace, '--ignore-not-found', '--output=name']);
  if (namespaceFound.trim() === '') {
    const folder = environment.name === mainEnvironment ? 'dist/' : `dist/${environment.name}/`;
    throw new CommandError(
      `namespace: got none called ${namespace} in the cluster; allowed: one that is there; fix: kubectl apply -f ${folder} first, which makes it`,
      1,
    );
  }
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
  const found = needed.length - missing.length;
  console.log(`Secrets: ${needed.length} needed, ${found} there already, ${made.length} created`);
  for (const { name } of needed.filter((each) => existing.has(each.name))) console.log(`there already  ${name}`);
  for (const { name, keys } of made) console.log(`created        ${name} (${Object.keys(keys).join(', ')})`);
  for (const line of forPeople(missing, new Set(made.map((each) => each.name)))) console.log(line);
}

function manifestOf(needed: NeededSecret, system: System, environment: Environment) {
  const values = Object.entries(newValues(needed));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: needed.name, namespace: needed.namespace, labels: systemLabels(system, environment) },
    type: 'Opaque',
    data: Object.fromEntries(values.map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

/** What is left to do for those who know the values. @param made the Secrets that are there by now, to which an optional key is added */
function forPeople(secrets: readonly NeededSecret[], made: ReadonlySet<string>): string[] {
  const lines = secrets.flatMap(({ name, namespace, keys }) => {
    const persons = Object.entries(keys).flatMap(([key, value]) =>
      value.from === 'person' ? [{ key, ...value }] : [],
    );
    if (persons.length === 0) return [];
    const comments = persons.map(({ key, readers, optional, description }) => {
      const what = description ? `: ${description}` : '';
      return `  # ${key} is for ${readers.join(', ')}${optional ? ', which runs without it too' : ''}${what}`;
    });
    if (made.has(name)) {
      const stringData = Object.fromEntries(persons.map(({ key }) => [key, 'VALUE']));
      const patch = JSON.stringify({ stringData });
      return [...comments, `  kubectl patch secret ${name} --namespace=${namespace} --type=merge --patch='${patch}'`];
    }
    const literals = Object.entries(keys).map(([key, { from }]) =>
      from === 'person' ? `--from-literal=${key}=VALUE` : `--from-literal=${key}="$(openssl rand -hex 32)"`,
    );
    return [...comments, `  kubectl create secret generic ${name} --namespace=${namespace} ${literals.join(' ')}`];
  });
  return lines.length === 0 ? [] : ['for you to create, as only a person knows the values:', ...lines];
}

/** What kubectl says. @throws CommandError with its reason in one line */
async function kubectl(args: readonly string[], input?: string): Promise<string> {
  // Without standard input of its own it would wait for a password there.
  const stdin = input === undefined ? ({ stdin: 'ignore' } as const) : { input };
  const result = await execa('kubectl', ['--request-timeout=15s', ...args], { reject: false, ...stdin });
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT')
    throw new CommandError('kubectl: got none on PATH; allowed: any recent version; fix: install it', 1);
  const reason = result.stderr.trim().split('\n').at(-1) || `exit code ${result.exitCode}`;
  throw new CommandError(
    `kubectl ${args[0]}: ${reason}; fix: see that \`kubectl get namespaces\` works, as the cluster of the current context is used`,
    1,
  );
}
