import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { contractNamed } from '../../../test/declarations.ts';
import { type DriveProps, drive, type Ended } from './drive.ts';
import { LoadClient } from './load-client.ts';
import type { Phase } from './phase.ts';
import { ask } from './traffic.ts';

const { routes } = contractNamed('shop');
const [often, seldom] = [3, 1].map((weight) => ask({ service: 'shop', route: routes.list, weight }));
if (!often || !seldom) throw new Error('no routes');

const level = (rate: number, seconds: number): Phase => ({ name: 'a', kind: 'level', from: rate, to: rate, seconds });

async function run(phases: readonly Phase[], given: Partial<DriveProps>) {
  const ended: Ended[] = [];
  const spans: [from: number, to: number][] = [];
  await drive({
    ...{ phases, routes: [often, seldom].filter((each) => each !== undefined), send: async () => 200 },
    signal: new AbortController().signal,
    onPhase: (_, at) => spans.push([at, at]),
    onPhaseEnd: (phase, at) => spans.splice(phase, 1, [spans[phase]?.[0] ?? 0, at]),
    onSent: () => {},
    onEnded: (each) => ended.push(each),
    ...given,
  });
  return { ended, seconds: spans.map(([from, to]) => (to - from) / 1_000) };
}

test('sends what is planned, phase after phase, and each route as often as its weight says', async () => {
  const { ended, seconds } = await run([level(40, 0.5), level(80, 0.5)], {});
  expect([0, 1].map((phase) => ended.filter((each) => each.phase === phase).length)).toEqual([20, 40]);
  expect(ended.filter(({ route }) => route === often)).toHaveLength(45);
  expect(seconds.map((each) => Number(each.toFixed(3)))).toEqual([0.5, 0.5]);
});

test('an answer that hangs keeps no other back, and those behind it count what they waited', async () => {
  // Nothing answers in the first 400 ms, as when one process stands still.
  const opensAt = performance.now() + 400;
  const send = async () => {
    await sleep(Math.max(0, opensAt - performance.now()));
    return 200;
  };
  const { ended } = await run([level(100, 0.6)], { send });
  expect(ended).toHaveLength(60);
  // A loop that waits for each answer would have met the stall once; here a third of them and more has waited 200 ms and more.
  expect(ended.filter((each) => each.endedAt - each.plannedAt > 180).length).toBeGreaterThanOrEqual(20);
});

test('ends at once, and waits for what is under way', async () => {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 200);
  const send = async () => {
    await sleep(300);
    return 200;
  };
  const begun = performance.now();
  const { ended, seconds } = await run([level(50, 60), level(50, 60)], { send, signal: ending.signal });
  expect(performance.now() - begun).toBeLessThan(5_000);
  expect(seconds).toHaveLength(1);
  expect(ended.length).toBeGreaterThan(0);
  expect(ended.every(({ outcome }) => outcome === 200)).toBe(true);
});

test('a phase may end before its time', async () => {
  const { seconds } = await run([level(0, 60)], { isOver: () => true });
  expect(seconds[0]).toBeLessThan(5);
});

test('what this machine is too slow to send is told, and the time is kept', async () => {
  // Each takes this process 40 ms, of which there would have to be 2,000.
  const send = async () => {
    const until = performance.now() + 40;
    while (performance.now() < until);
    return 200;
  };
  const { ended } = await run([level(2_000, 0.5)], { send });
  expect(ended).toHaveLength(1_000);
  expect(ended.filter(({ outcome }) => outcome === 'not sent').length).toBeGreaterThan(900);
});

test('connections that are closed after an answer lose no request', async () => {
  let connections = 0;
  const server = createServer((_, reply) => reply.setHeader('connection', 'close').end('there'));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using client = new LoadClient({ connections: 4, timeout: 10_000 });
  const { ended } = await run([level(200, 1)], { send: (route) => client.send(route.next(), { origin }) });
  expect(ended.filter(({ outcome }) => outcome !== 200)).toEqual([]);
  expect([ended.length, connections]).toEqual([200, 200]);
});

test('why there is no answer', async () => {
  const server = createServer((request, reply) => {
    if (request.url === '/reset') reply.destroy();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using client = new LoadClient({ connections: 4, timeout: 200 });
  const get = (path: string, where = origin) => client.send({ method: 'GET', path, headers: {} }, { origin: where });
  expect(await get('/hangs')).toBe('timeout');
  expect(await get('/reset')).toMatch(/^(UND_ERR_SOCKET|ECONNRESET)$/);
  expect(await get('/', 'http://127.0.0.1:1')).toBe('ECONNREFUSED');
});
