import { execa } from 'execa';
import { systems } from '../src/systems/index.ts';
import { adapterNamespace, applyAdapterSystem } from './adapter-system.ts';
import { kubectl } from './kubectl.ts';
import { deleteMarkedNamespaces, makeNamespaces } from './namespaces.ts';
import { outsideNamespace } from './outside-api.ts';
import { settled } from './settled.ts';
import { strangersNamespace } from './stranger.ts';

/** Every system of the repository runs in an empty cluster, as whoever follows the README would have it. @returns what takes it all away again */
export default async function setUp(): Promise<() => Promise<void>> {
  const startedAt = Date.now();
  const print = (line: string) => console.log(`set-up: ${line}`);
  const names = systems.map(({ name }) => name);
  await makeNamespaces([...names, outsideNamespace, strangersNamespace, adapterNamespace]);
  try {
    await kubectl(['apply', '-f', 'dist/']);
    for (const name of names) {
      const { stdout } = await execa('npm', ['run', '--silent', 'secrets', '--', name]);
      const made = stdout.split('\n').filter((line) => line.startsWith('created'));
      print(`${name}: ${made.length} Secrets made`);
    }
    await applyAdapterSystem();
    for (const name of names) await settled(name, { print });
    print(`everything is Ready after ${Math.round((Date.now() - startedAt) / 1_000)} s`);
  } catch (error) {
    // Nobody calls what was not returned.
    await deleteMarkedNamespaces();
    throw error;
  }
  return deleteMarkedNamespaces;
}
