import { counter } from './metric.ts';

/** What a service looked for among what it remembers. `miss` is a question to whoever knows it. */
export const cacheLookups = counter({
  name: 'cache_lookups_total',
  help: 'Looks into what a service remembers, by service, cache and outcome.',
  labels: { service: 'open', cache: 'open', outcome: ['hit', 'miss'] },
});
