import { CommandError } from '../run-command.ts';

/** No secret, as it stands here. */
const defaultPassword = 'look around';

/** The hosts, each perhaps with a port, to which only whoever runs the demo comes: no DNS leads others there. */
const ofOneself = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[^:]+\.)?localhost|[^:]+\.test)(?::\d+)?$/i;

/**
 * The password of everybody of the demo.
 *
 * @param hosts by which insta is reached @default - this machine alone
 * @throws CommandError if insta would not take it, or if others could log in with it
 */
export function passwordOf(env: Readonly<Record<string, string | undefined>>, hosts: readonly string[] = []): string {
  const given = env['DEMO_PASSWORD'] || defaultPassword;
  if (given.length < 10 || given.length > 200)
    throw new CommandError(
      `DEMO_PASSWORD: got ${given.length} characters; allowed: 10 to 200; fix: choose another, or leave it out`,
      2,
    );
  const ofOthers = hosts.find((host) => !ofOneself.test(host));
  if (given === defaultPassword && ofOthers !== undefined)
    throw new CommandError(
      `DEMO_PASSWORD: got the one that stands in the repository, for ${ofOthers}; allowed: that one only for a loopback address, localhost, and hosts below .localhost and .test; fix: set DEMO_PASSWORD`,
      2,
    );
  return given;
}
