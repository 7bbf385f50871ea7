import { z } from 'zod';
import { scaling } from '../../../model/index.ts';

const number = z.number().nonnegative();

/** JSON has no Infinity, and writes null for it: the end of a table's last row. */
const written = z.preprocess((given: unknown) => {
  if (typeof given !== 'object' || given === null || !('table' in given) || !Array.isArray(given.table)) return given;
  return {
    ...given,
    table: given.table.map((row: unknown) =>
      Array.isArray(row) && row[0] === null ? [Infinity, ...row.slice(1)] : row,
    ),
  };
}, scaling);

/** A service under load in a real cluster: what a simulation of its scaling is held against. */
export const recording = z.object({
  version: z.literal(1),
  system: z.string(),
  service: z.string(),
  startedAt: z.iso.datetime(),
  /** As it was declared. */
  scaling: written,
  /** Seconds between two looks of the cluster's HPA controller. */
  hpaSync: number,
  /** Seconds between two measurements of CPU by its metrics-server. */
  metricsInterval: number,
  /** Seconds from a pod's creation until it was Ready: half of those that started meanwhile took no longer. */
  podStart: number,
  /** Seconds of one processor that a request took, without what its pods use anyway. */
  cpuPerRequest: number,
  /** Processors that a pod used before the first request. */
  cpuAtRest: number,
  /** Processors that a pod requests. */
  cpuRequest: number,
  /** Requests that were to be sent, those that were answered well, and those that were not. */
  requests: z.object({ planned: z.int(), answered: z.int(), failed: z.int() }),
  /** One for each second. */
  points: z.array(
    z.object({
      /** Seconds since the start, at the end of what it covers. */
      at: number,
      /** Requests answered per second since the point before. */
      perSecond: number,
      /** Pods that its Deployment wanted at that time. */
      wanted: z.int(),
      ready: z.int(),
      /** Processors that its pods used in all, as metrics-server had measured them last. */
      cpu: number,
    }),
  ),
});

export type Recording = z.output<typeof recording>;
