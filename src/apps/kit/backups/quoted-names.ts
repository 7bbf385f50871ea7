import type { ClientBase } from 'pg';

/** Names of tables or columns, as a statement lists them. */
export function quotedNames(client: ClientBase, of: readonly { readonly name: string }[]): string {
  return of.map(({ name }) => client.escapeIdentifier(name)).join(', ');
}
