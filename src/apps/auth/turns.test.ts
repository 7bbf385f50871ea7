import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve, fail: reject };
}

const overloaded = { statusCode: 503, code: 'overloaded', retryAfter: expect.toSatisfy((s: number) => s >= 1) };

test('does so many at once and no more, in the order in which they came', async () => {
  const turns = new Turns({ atOnce: 2, longestWait: 10_000 });
  const started: number[] = [];
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      turns.run(async () => {
        started.push(at);
        running++;
        most = Math.max(most, running);
        await sleep(Math.random() * 4);
        running--;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(started).toEqual(Array.from({ length: 20 }, (_, at) => at));
});

test('gives what the work gives, and the turn goes on when it fails', async () => {
  const turns = new Turns({ atOnce: 1, longestWait: 10_000 });
  const failing = turns.run(() => Promise.reject(new Error('broken')));
  const next = turns.run(async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
  expect(await turns.run(async () => 'again')).toBe('again');
});

test('refuses whoever waited too long, and does the others', async () => {
  const turns = new Turns({ atOnce: 1, longestWait: 50 });
  const { work, end } = held();
  const first = turns.run(work);
  let isDone = false;
  const late = turns.run(async () => {
    isDone = true;
  });
  await expect(late).rejects.toMatchObject(overloaded);
  const second = turns.run(async () => 'second');
  end();
  await first;
  expect(await second).toBe('second');
  expect(isDone).toBe(false);
});

test('refuses at once what would wait too long by what the others took', async () => {
  const turns = new Turns({ atOnce: 1, longestWait: 120 });
  await turns.run(() => sleep(50));
  const { work, end } = held();
  const running = turns.run(work);
  const waiting = [turns.run(async () => {}), turns.run(async () => {})];
  waiting.map((each) => each.catch(() => {}));
  const startedAt = performance.now();
  await expect(turns.run(async () => {})).rejects.toMatchObject(overloaded);
  expect(performance.now() - startedAt).toBeLessThan(50);
  end();
  await running;
  await Promise.all(waiting);
  expect(await turns.run(async () => 'free again')).toBe('free again');
});
