import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
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
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const turns = new Turns({ atOnce: 1, longestWait: 120 });
  const [earlier, now] = [held(), held()];
  const first = turns.run(earlier.work);
  await vi.advanceTimersByTimeAsync(50);
  earlier.end();
  await first;
  const running = turns.run(now.work);
  const waiting = [turns.run(async () => {}), turns.run(async () => {})];
  // The clock stands still: whoever had to wait would never be refused.
  await expect(turns.run(async () => {})).rejects.toMatchObject(overloaded);
  now.end();
  await running;
  await Promise.all(waiting);
  expect(await turns.run(async () => 'free again')).toBe('free again');
});
