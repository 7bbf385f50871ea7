import { beforeEach } from 'vitest';
import { systems } from '../src/systems/index.ts';
import { getJson, podsIn, restartsOf, tryKubectl } from './kubectl.ts';
import { isReady } from './settled.ts';

interface Event {
  readonly lastTimestamp?: string;
  readonly eventTime?: string;
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** Of each kind of line so many, the last: the run's summary is short. */
const mostLines = 5;
const mostCharacters = 400;

// A test that fails where nobody can look at the cluster any more, as in CI, must say what it was like.
beforeEach(({ onTestFailed, task }) => {
  const since = new Date();
  onTestFailed(async () => {
    const lines = await Promise.all(systems.map(({ name }) => seenIn(name, since).catch(() => [])));
    task.meta.seen = lines.flat();
  });
});

/** What is not as it should be in a namespace: pods, events, and what its gateway could not pass on. */
async function seenIn(namespace: string, since: Date): Promise<readonly string[]> {
  const [pods, { items: events }, { stdout: logged }] = await Promise.all([
    podsIn(namespace),
    getJson<{ items: readonly Event[] }>(['events', '-n', namespace, '--field-selector=type=Warning']),
    tryKubectl([
      'logs',
      ...['-n', namespace, '-l', 'app.kubernetes.io/component=gateway', '-c', 'gateway', '--prefix', '--tail=-1'],
      `--since-time=${since.toISOString()}`,
    ]),
  ]);
  const restarts = restartsOf(pods);
  const groups = [
    pods
      .filter((pod) => !isReady(pod) || restarts[pod.metadata.name] !== 0)
      .map(
        (pod) =>
          `pod ${pod.metadata.name}: ${pod.status.phase}, ${restarts[pod.metadata.name]} restarts${isReady(pod) ? '' : ', not Ready'}`,
      ),
    events
      .filter(({ lastTimestamp, eventTime }) => new Date(lastTimestamp ?? eventTime ?? 0) >= since)
      .map(({ reason, message, involvedObject: { kind, name } }) => `event ${kind} ${name}: ${reason}: ${message}`),
    // A 5xx of Nginx has no upstream's status of its own, or another one.
    logged.split('\n').filter((line) => /"http\.response\.status_code":5\d\d|\[(crit|alert|emerg)\]/.test(line)),
  ];
  return groups
    .flatMap((lines) => lines.slice(-mostLines))
    .map((line) => `${namespace}: ${line.replaceAll('\n', ' ').slice(0, mostCharacters)}`);
}
