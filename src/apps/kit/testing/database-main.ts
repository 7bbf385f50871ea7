import { defineContract, defineService, fixed, postgres } from '../../../model/index.ts';
import { defineApp, run } from '../index.ts';

/** A service with a database and no routes. */
const service = defineService({
  contract: defineContract({ name: 'notes', port: 3000, routes: {} }),
  owner: 'kit-team',
  description: 'A service for the tests of the kit.',
  uses: { database: postgres() },
  scaling: fixed(1),
});
const migrations = [{ name: '001-notes', up: 'create table notes (id int, text text)' }];

await run(async () => ({ default: defineApp(service, async () => ({}), { migrations }) }));
