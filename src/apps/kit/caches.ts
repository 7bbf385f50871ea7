import type { Registry } from 'prom-client';
import { cacheLookups } from '../../model/index.ts';
import { type OwnMetrics, ownMetrics } from './own-metrics.ts';

/** Counts how often a cache spares a question. */
export interface CacheCounts {
  /** @param lookups how many at once. @default 1 */
  hit(lookups?: number): void;
  /** @param lookups how many at once. @default 1 */
  miss(lookups?: number): void;
}

/** The caches of a service, by name. */
export class Caches {
  readonly #props: { readonly service: string; readonly registry: Registry };
  readonly #names = new Set<string>();
  #metrics: OwnMetrics<{ lookups: typeof cacheLookups }> | undefined;

  constructor(props: { service: string; registry: Registry }) {
    this.#props = props;
  }

  /** Counts both outcomes from 0 on. @throws Error where two caches have one name */
  of(name: string): CacheCounts {
    const { service, registry } = this.#props;
    if (this.#names.has(name))
      throw new Error(`${service}: two caches are called ${name}; allowed: each name once; fix: rename one in setup`);
    this.#names.add(name);
    // Only who remembers anything has the metric.
    this.#metrics ??= ownMetrics({ lookups: cacheLookups }, registry);
    const { lookups } = this.#metrics;
    const count = (outcome: 'hit' | 'miss') => {
      const labels = { service, cache: name, outcome };
      lookups.inc(labels, 0);
      return (by = 1) => lookups.inc(labels, by);
    };
    return { hit: count('hit'), miss: count('miss') };
  }
}
