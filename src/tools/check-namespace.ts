import { environmentFolder } from '../charts/environment-folder.ts';
import { environmentLabel } from '../charts/identity.ts';
import type { Environment } from '../model/index.ts';
import { kubectl } from './kubectl.ts';
import { CommandError } from './run-command.ts';

/**
 * Looks whether the cluster of the current context is that of an environment: what is made for another, such as passwords, would not be replaced.
 *
 * @param command how the command is called for this namespace, such as `npm run secrets -- insta`
 * @throws CommandError if the namespace is not there, or is not of this environment
 */
export async function checkNamespace(namespace: string, environment: Environment, command: string): Promise<void> {
  const manifests = environmentFolder(environment.name, 'dist');
  const found = await kubectl([
    ...['get', 'namespace', namespace, '--ignore-not-found'],
    `--output=jsonpath={.metadata.name} {.metadata.labels.${environmentLabel.replaceAll('.', '\\.')}}`,
  ]);
  const [name = '', label = ''] = found.trim().split(' ');
  if (name === '')
    throw new CommandError(
      `namespace: got none called ${namespace} in the cluster; allowed: one that is there; fix: kubectl apply -f ${manifests}/ first, which makes it`,
      1,
    );
  if (label === environment.name) return;
  throw new CommandError(
    label === ''
      ? `namespace: got ${namespace} without the label ${environmentLabel}; allowed: ${environmentLabel}=${environment.name}; fix: kubectl apply -f ${manifests}/ first, which sets it`
      : `environment: got ${environment.name}, but the namespace ${namespace} of this cluster is of ${label}; allowed: ${label}; fix: ${command} --environment ${label}, or take the cluster that you mean (kubectl config use-context)`,
    1,
  );
}
