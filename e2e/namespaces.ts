import { kubectl, tryKubectl } from './kubectl.ts';

/** Marks the namespaces that these tests made and may delete. */
const mark = 'trellis.dev/e2e';

/** A namespace of these tests, as strict as those of systems. */
export function markedNamespace(name: string): object {
  const labels = { [mark]: 'true', 'pod-security.kubernetes.io/enforce': 'restricted' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/**
 * Makes namespaces, empty and marked; what an earlier run left of them is deleted first.
 *
 * @throws Error if one is there already that somebody else made
 */
export async function makeNamespaces(names: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await tryKubectl(['version', '-o', 'json']);
  if (exitCode !== 0)
    throw new Error(
      `no cluster: KUBECONFIG is ${process.env['KUBECONFIG'] ?? 'not set'}; fix: set it to a cluster made for tests. kubectl said: ${stderr}`,
    );
  for (const name of names) await refuseIfOfOthers(name);
  await deleteMarkedNamespaces();
  for (const name of names) {
    // Created, not applied, and with the mark from its first moment: the apply of the manifests then leaves the mark alone.
    await kubectl(['create', '-f', '-'], JSON.stringify(markedNamespace(name)));
  }
}

/** Deletes whatever these tests made, and waits until it is gone. */
export async function deleteMarkedNamespaces(): Promise<void> {
  const { stdout } = await tryKubectl(['get', 'namespaces', '-l', `${mark}=true`, '-o', 'name']);
  const ours = stdout.split('\n').filter(Boolean);
  if (ours.length === 0) return;
  // A namespace that has pods looks again only after half of the longest grace period among them, however soon they end.
  await Promise.all(
    ours.map((name) => {
      const namespace = name.slice(name.indexOf('/') + 1);
      return kubectl(['delete', 'deployments,statefulsets,pods', '--all', '-n', namespace, '--wait', '--timeout=240s']);
    }),
  );
  await kubectl(['delete', '--wait', '--timeout=240s', ...ours]);
}

async function refuseIfOfOthers(name: string): Promise<void> {
  const path = mark.replaceAll('.', '\\.');
  const { stdout } = await tryKubectl([
    ...['get', 'namespace', name, '--ignore-not-found'],
    ...['-o', `jsonpath={.metadata.name} {.metadata.labels.${path}}`],
  ]);
  if (stdout.trim() === name)
    throw new Error(
      `namespace ${name} is there already, and not from an earlier run of these tests; fix: use a cluster without it, or delete it`,
    );
}
