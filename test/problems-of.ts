import { DeclarationError } from '../src/model/index.ts';

/** What a declaration is refused for, one line a problem, as its reader sees them. */
export function problemsOf(declare: () => unknown): string[] {
  try {
    declare();
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}
