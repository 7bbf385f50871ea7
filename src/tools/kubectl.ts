import { execa } from 'execa';
import { CommandError } from './run-command.ts';

/** What kubectl says. @param input its standard input. @default - nothing @throws CommandError with its reason in one line */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
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
