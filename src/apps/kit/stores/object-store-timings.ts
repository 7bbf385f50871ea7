import { Histogram, type Registry } from 'prom-client';
import { type LabelsOf, objectStoreCommandDuration } from '../../../model/index.ts';

type Labels = LabelsOf<typeof objectStoreCommandDuration>;

/** How a command ended. */
export type Ended<T> = { readonly result: T; readonly error?: undefined } | { readonly error: unknown };

/** Measures a command. @param counts whether what it ended in was the store's doing. @default - always */
export type Timings = <T>(
  command: Labels['command'],
  run: () => Promise<T>,
  counts?: (ended: Ended<T>) => boolean,
) => Promise<T>;

/** Starts the series of all commands of an object store. */
export function objectStoreTimings(service: string, registry: Registry): Timings {
  const { name, help, labels, buckets } = objectStoreCommandDuration;
  // A service may have two object stores, and a registry takes a name once.
  const known = registry.getSingleMetric(name) as Histogram | undefined;
  const histogram =
    known ??
    new Histogram({ name, help, labelNames: Object.keys(labels), buckets: [...buckets], registers: [registry] });
  const series = new Map(
    labels.command.map((command) => [
      command,
      {
        ok: histogram.labels({ service, command, outcome: 'ok' }),
        error: histogram.labels({ service, command, outcome: 'error' }),
      },
    ]),
  );
  // An alert on a rate must see the series at 0 first: from nothing to 1 is no increase.
  for (const command of labels.command) {
    for (const outcome of labels.outcome) histogram.zero({ service, command, outcome });
  }
  return async (command, run, counts = () => true) => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      const result = await run();
      if (counts({ result })) series.get(command)?.ok.observe(seconds());
      return result;
    } catch (error) {
      if (counts({ error })) series.get(command)?.error.observe(seconds());
      throw error;
    }
  };
}
