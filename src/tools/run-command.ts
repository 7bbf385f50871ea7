import type { Command } from 'commander';
import { DeclarationError } from '../model/index.ts';

/** A mistake of whoever called a command, told without a stack. */
export class CommandError extends Error {
  readonly exitCode: number;

  /** @param exitCode 2 where another call would work, 1 where this machine lacks something */
  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** A value that is none of those there are. */
export function unknownValue(what: string, got: string, allowed: readonly string[], fix: string): CommandError {
  return new CommandError(`unknown ${what}: got ${got}; allowed: ${allowed.join(' | ')}; fix: ${fix}`, 2);
}

/** Runs a command as this process: 0 where it worked, 1 where it did not, 2 where it was called in a wrong way. */
export async function runCommand(command: Command): Promise<void> {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  try {
    await command.parseAsync();
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof DeclarationError)) throw error;
    console.error(error.message);
    process.exit(error instanceof CommandError ? error.exitCode : 1);
  }
}
