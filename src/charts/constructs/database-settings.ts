import { quantityValue, type Stores } from '../../model/index.ts';
import { sharedBuffers } from './database-memory.ts';

/** A database whose servers are ours to set, with an operator or without. */
type OwnDatabase = Exclude<NonNullable<Stores['database']>, { kind: 'outside' }>;

/** The settings of a Postgres that follow from its declaration, and those that hold for each; as texts, as the operator takes nothing else. */
export function databaseSettings({ connections, resources }: OwnDatabase): Record<string, string> {
  const memory = quantityValue(resources.memory);
  return {
    max_connections: String(connections),
    shared_buffers: `${Math.floor(sharedBuffers(memory) / 1024)}kB`,
    effective_cache_size: `${Math.floor((memory / 1024) * 0.6)}kB`,
    // Whoever vanished without a word is noticed within a minute and a half.
    tcp_keepalives_idle: '60',
    tcp_keepalives_interval: '10',
    tcp_keepalives_count: '3',
  };
}
