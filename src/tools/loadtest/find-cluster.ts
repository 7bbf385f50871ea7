import type { Environment } from '../../model/index.ts';
import { checkNamespace } from '../check-namespace.ts';
import { kubectl } from '../kubectl.ts';
import { CommandError } from '../run-command.ts';
import type { LoadReport } from './load-report.ts';

interface FindClusterProps {
  /** The namespace of the system. */
  readonly namespace: string;
  readonly environment: Environment;
  /** How the command is called, without options. */
  readonly command: string;
  /** Whether the requests go somewhere that was named, which need not be in a cluster at all. */
  readonly isElsewhere: boolean;
}

/**
 * The cluster whose pods are followed: that of the current context.
 *
 * @returns why there is none, where nothing answers or what answers has no such system
 * @throws CommandError if it is that of another environment, where the requests are to go to this one
 */
export async function findCluster(props: FindClusterProps): Promise<LoadReport['cluster']> {
  const { namespace, environment, command, isElsewhere } = props;
  const none = (error: unknown) => {
    if (error instanceof CommandError) return { none: error.message };
    throw error;
  };
  try {
    await kubectl(['get', '--raw', '/version']);
  } catch (error) {
    return none(error);
  }
  try {
    await checkNamespace(namespace, environment, command);
  } catch (error) {
    if (!isElsewhere) throw error;
    return none(error);
  }
  return { context: (await kubectl(['config', 'current-context'])).trim() };
}
