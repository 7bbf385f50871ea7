import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../run-command.ts';
import { podsNow } from './cluster-watch.ts';
import { drive } from './drive.ts';
import { LoadClient } from './load-client.ts';
import { LoadCollector } from './load-collector.ts';
import type { LoadReport } from './load-report.ts';
import { type Phase, rateAt } from './phase.ts';
import type { Progress } from './progress.ts';
import { declaredFor, type Seen, stableDown } from './results.ts';
import type { TrafficRoute } from './traffic.ts';
import type { WayIn } from './way-in.ts';

interface RunLoadProps {
  readonly phases: readonly Phase[];
  readonly routes: readonly TrafficRoute[];
  readonly waysIn: ReadonlyMap<string, WayIn>;
  /** To each origin, at most. */
  readonly connections: number;
  readonly services: LoadReport['services'];
  /** Whose pods are followed. @default - none */
  readonly namespace?: string | undefined;
  readonly progress: Progress;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

type Run = Pick<LoadReport, 'phases' | 'samples' | 'pods' | 'routes'> & Pick<Seen, 'counts'>;

/** How often requests are counted, and pods are looked at, in milliseconds. */
const sampleEvery = 1_000;
const lookEvery = 2_000;
/** How long a request may take, in milliseconds. */
const timeout = 10_000;

/** Sends the requests of all phases, while it follows the pods. @returns all that was seen, also where it was ended early */
export async function runLoad(props: RunLoadProps): Promise<Run> {
  const { phases: planned, routes, waysIn, connections, services, namespace, progress, signal } = props;
  await using client = new LoadClient({ connections, timeout });
  const startedAt = performance.now();
  const secondsSince = (time: number) => (time - startedAt) / 1_000;
  const collector = new LoadCollector(routes, planned.length, startedAt, services);
  const phases: LoadReport['phases'] = [];
  const samples: LoadReport['samples'] = [];
  const pods: LoadReport['pods'] = [];

  /** What is asked each second at a time of the test, in seconds. */
  const rateNow = (at: number) => {
    const [phase, started] = [planned[phases.length - 1], phases.at(-1)];
    return phase && started ? rateAt(phase, at - started.startsAt) : 0;
  };
  const sample = () => {
    const now = performance.now();
    // Such as at the end, right after the one before.
    if (secondsSince(now) <= (samples.at(-1)?.at ?? 0)) return;
    const taken = collector.sample(now);
    samples.push(taken);
    const [phase, started] = [planned[phases.length - 1], phases.at(-1)];
    if (!phase || !started) return;
    const left = Math.max(0, started.startsAt + phase.seconds - taken.at);
    const errors = samples.reduce((sum, { failed }) => sum + failed, 0);
    progress.show({ sample: taken, pods: pods.at(-1), phase: phase.name, rate: rateNow(taken.at), errors, left });
  };
  /** Whether all pods are back, and have been for a while. */
  const isDown = () => {
    const since = Math.max(phases.at(-1)?.startsAt ?? 0, 0);
    const looks = pods.filter(({ at }) => at >= since && at > secondsSince(performance.now()) - stableDown);
    const isLong = secondsSince(performance.now()) - since > stableDown;
    const isBack = Object.entries(services).every(([name, service]) => {
      const declared = declaredFor(service, 0);
      return (
        declared === null ||
        looks.every((look) => look.services[name]?.ready === declared && look.services[name].wanted === declared)
      );
    });
    return isLong && looks.length > 1 && isBack;
  };

  const over = new AbortController();
  const sampling = setInterval(sample, sampleEvery);
  const looking = namespace === undefined ? undefined : follow(namespace);
  try {
    await drive({
      phases: planned,
      routes,
      signal,
      send: (route) => {
        const wayIn = waysIn.get(route.service);
        if (!wayIn) throw new Error(`${route.service} has no way in`);
        return client.send(route.next(), wayIn);
      },
      onPhase: (phase, startsAt) => {
        const { name, kind, from, to, seconds } = planned[phase] as Phase;
        const at = secondsSince(startsAt);
        phases.push({ name, kind, from, to, startsAt: at, endsAt: at + seconds, interrupted: false });
      },
      onPhaseEnd: (phase, endsAt) => {
        const ended = phases[phase];
        if (ended) phases[phase] = { ...ended, endsAt: secondsSince(endsAt), interrupted: signal.aborted };
      },
      onSent: (route, phase) => collector.sent(route, phase),
      onEnded: (ended) => collector.ended(ended),
      isOver: (phase) => planned[phase]?.kind === 'down' && isDown(),
    });
  } finally {
    clearInterval(sampling);
    over.abort();
    await looking;
  }
  sample();
  return {
    phases,
    samples,
    pods,
    routes: collector.routes(),
    counts: phases.map((_, index) => collector.phase(index)),
  };

  async function follow(where: string): Promise<void> {
    let failure = '';
    while (!over.signal.aborted) {
      const begun = performance.now();
      try {
        const found = await podsNow(where, Object.keys(services));
        // Pods are as they were answered, not as they were asked for.
        const at = secondsSince(performance.now());
        const now = Object.entries(found).map(([name, each]) => {
          const service = services[name];
          return [name, { ...each, declared: service ? declaredFor(service, rateNow(at)) : null }] as const;
        });
        pods.push({ at, services: Object.fromEntries(now) });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        // Ctrl+C reaches kubectl too.
        if (!signal.aborted && failure !== error.message) progress.say(`pods: ${error.message}`);
        failure = error.message;
      }
      const left = lookEvery - (performance.now() - begun);
      await sleep(Math.max(0, left), undefined, { signal: over.signal }).catch(() => {});
    }
  }
}
