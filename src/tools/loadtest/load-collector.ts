import { type Ended, notSent } from './drive.ts';
import { Latencies } from './latencies.ts';
import type { LoadReport } from './load-report.ts';
import type { TrafficRoute } from './traffic.ts';

type Sample = LoadReport['samples'][number];
type RouteResult = LoadReport['routes'][number];
type Result = LoadReport['results'][number];
type Counts = Pick<Result, 'asked' | 'answered' | 'failed' | 'failures' | 'latency'>;
type PhaseCounts = Counts & Pick<Result, 'services'>;
type Promised = Pick<LoadReport['services'][string], 'promised'>;

/** What became of the requests of a route, of a phase or of a while. */
class Tally {
  asked = 0;
  answered = 0;
  failed = 0;
  readonly #failures = new Map<string, number>();
  readonly #latencies = new Latencies();

  end({ outcome, plannedAt, endedAt }: Pick<Ended, 'outcome' | 'plannedAt' | 'endedAt'>): void {
    if (typeof outcome === 'number') {
      this.answered++;
      this.#latencies.add(endedAt - plannedAt);
    }
    if (typeof outcome === 'number' && outcome < 400) return;
    // What this machine did not send is no failure of the system.
    if (outcome !== notSent) this.failed++;
    this.#failures.set(String(outcome), (this.#failures.get(String(outcome)) ?? 0) + 1);
  }

  clear(): void {
    this.asked = 0;
    this.answered = 0;
    this.failed = 0;
    this.#failures.clear();
    this.#latencies.clear();
  }

  result(): Counts {
    const { asked, answered, failed } = this;
    return {
      asked,
      answered,
      failed,
      failures: Object.fromEntries(this.#failures),
      latency: this.#latencies.quantiles(),
    };
  }

  counts() {
    const { asked, answered, failed } = this;
    return { asked, answered, failed };
  }
}

/** What became of the requests of a phase to one service. */
class PromiseTally extends Tally {
  /** Of answers other than 5xx: those that fail at once would make the others look fast. */
  readonly #well = new Latencies();
  readonly #part: number | undefined;

  constructor({ promised }: Promised = { promised: { errors: null, latency: null } }) {
    super();
    this.#part = promised.latency?.quantile;
  }

  override end(ended: Pick<Ended, 'outcome' | 'plannedAt' | 'endedAt'>): void {
    super.end(ended);
    const { outcome, plannedAt, endedAt } = ended;
    if (typeof outcome === 'number' && outcome < 500) this.#well.add(endedAt - plannedAt);
  }

  kept(): PhaseCounts['services'][string] {
    const { latency: _, ...counts } = this.result();
    return { ...counts, promised: this.#part === undefined ? null : this.#well.most(this.#part) };
  }
}

/** Counts what becomes of requests: by route, by phase, and by the time since it was asked last. */
export class LoadCollector {
  readonly #startedAt: number;
  readonly #routes: ReadonlyMap<TrafficRoute, Tally>;
  readonly #phases: readonly { readonly all: Tally; readonly services: ReadonlyMap<string, PromiseTally> }[];
  /** Of the time since the last sample. */
  readonly #now = new Tally();
  readonly #services: ReadonlyMap<string, Tally>;
  #sampledAt: number;

  /** @param startedAt in milliseconds of `performance.now()` @param services what they promise, by name */
  constructor(
    routes: readonly TrafficRoute[],
    phases: number,
    startedAt: number,
    services: Readonly<Record<string, Promised>> = {},
  ) {
    this.#startedAt = startedAt;
    this.#sampledAt = startedAt;
    this.#routes = new Map(routes.map((route) => [route, new Tally()]));
    this.#phases = Array.from({ length: phases }, () => ({
      all: new Tally(),
      services: new Map(routes.map(({ service }) => [service, new PromiseTally(services[service])])),
    }));
    this.#services = new Map(routes.map(({ service }) => [service, new Tally()]));
  }

  sent(route: TrafficRoute, phase: number): void {
    for (const each of this.#talliesOf(route, phase)) each.asked++;
  }

  ended(ended: Ended): void {
    for (const each of this.#talliesOf(ended.route, ended.phase)) each.end(ended);
  }

  /** What there was since the sample before. @param now in milliseconds of `performance.now()` */
  sample(now: number): Sample {
    const { failures: _, ...counts } = this.#now.result();
    const sample = {
      at: (now - this.#startedAt) / 1_000,
      seconds: (now - this.#sampledAt) / 1_000,
      ...counts,
      services: Object.fromEntries([...this.#services].map(([name, tally]) => [name, tally.counts()])),
    };
    this.#sampledAt = now;
    for (const each of [this.#now, ...this.#services.values()]) each.clear();
    return sample;
  }

  phase(phase: number): PhaseCounts {
    const { all = new Tally(), services = new Map<string, PromiseTally>() } = this.#phases[phase] ?? {};
    const asked = [...services].filter(([, tally]) => tally.asked > 0);
    return { ...all.result(), services: Object.fromEntries(asked.map(([name, tally]) => [name, tally.kept()])) };
  }

  routes(): RouteResult[] {
    return [...this.#routes].map(([{ service, name }, tally]) => ({ service, name, ...tally.result() }));
  }

  #talliesOf(route: TrafficRoute, phase: number): Tally[] {
    const of = this.#phases[phase];
    const all = [
      ...[this.#now, this.#routes.get(route), this.#services.get(route.service)],
      ...[of?.all, of?.services.get(route.service)],
    ];
    return all.filter((each) => each !== undefined);
  }
}
