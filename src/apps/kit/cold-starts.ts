import type { Registry } from 'prom-client';
import { clientWaiting, type Sleeper } from '../../model/index.ts';
import { ColdStart } from './cold-start.ts';
import type { Logger } from './log.ts';
import { type OwnMetrics, ownMetrics } from './own-metrics.ts';

/** Which service is waited for. */
export interface SleeperProps extends Pick<Sleeper, 'name' | 'readyUrl'> {
  /** Who waits, as the metric names it. @default - the app's own service */
  readonly caller?: string;
}

/** All the services that an app waits for. */
export class ColdStarts {
  readonly #props: {
    readonly service: string;
    readonly userAgent: string;
    readonly registry: Registry;
    readonly log: Logger;
  };
  readonly #all: ColdStart[] = [];
  #metrics: OwnMetrics<{ waiting: typeof clientWaiting }> | undefined;

  constructor(props: { service: string; userAgent: string; registry: Registry; log: Logger }) {
    this.#props = props;
  }

  /** What waits for one service. Once for each: they share its questions. The metric has it from now on, at 0. */
  of({ name: peer, readyUrl, caller }: SleeperProps): ColdStart {
    const { service, userAgent, registry, log } = this.#props;
    // Only where somebody may wait: a service that never does has nothing to say of it.
    this.#metrics ??= ownMetrics({ waiting: clientWaiting }, registry);
    const { waiting } = this.#metrics;
    const labels = { service: caller ?? service, peer };
    const coldStart = new ColdStart({
      readyUrl,
      userAgent,
      onWaiting: (count) => waiting.set(labels, count),
      onStarted: (milliseconds, count) =>
        log.info({ peer, waited_ms: Math.round(milliseconds), requests: count }, 'waited for a service to start'),
    });
    this.#all.push(coldStart);
    return coldStart;
  }

  /** Ends every wait, so that whoever waits is answered. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((each) => each.close()));
  }
}
