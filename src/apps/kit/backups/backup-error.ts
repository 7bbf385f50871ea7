/** What a person has to mend before a backup can be made or restored: told without a stack. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
