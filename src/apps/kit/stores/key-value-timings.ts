import { Histogram, type Registry } from 'prom-client';
import { keyValueCommandDuration, type LabelsOf } from '../../../model/index.ts';
import { HttpError } from '../problem.ts';

type Command = LabelsOf<typeof keyValueCommandDuration>['command'];

/** Measures a command. A mistake of the calling code says nothing about the store, so it is not counted. */
export type KeyValueTimings = <Result>(command: Command, run: () => Promise<Result>) => Promise<Result>;

/** Starts the series of all commands of a key-value store, each set of labels bound once. */
export function keyValueTimings(service: string, registry: Registry): KeyValueTimings {
  const { name, help, labels, buckets } = keyValueCommandDuration;
  // A service may have two stores, and a registry takes a name once.
  const known = registry.getSingleMetric(name) as Histogram | undefined;
  const histogram =
    known ??
    new Histogram({ name, help, labelNames: Object.keys(labels), buckets: [...buckets], registers: [registry] });
  const seriesOf = (command: Command, outcome: 'ok' | 'error') => {
    // An alert on a rate must see the series at 0 first: from nothing to 1 is no increase.
    if (!known) histogram.zero({ service, command, outcome });
    return histogram.labels({ service, command, outcome });
  };
  const all = new Map(
    labels.command.map((command) => [command, { ok: seriesOf(command, 'ok'), error: seriesOf(command, 'error') }]),
  );
  return async (command, run) => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1_000;
    try {
      const result = await run();
      all.get(command)?.ok.observe(seconds());
      return result;
    } catch (error) {
      if (error instanceof HttpError) all.get(command)?.error.observe(seconds());
      throw error;
    }
  };
}
