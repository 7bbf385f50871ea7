import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

test('pods are seen at a terminal of 80 columns', () => {
  const written: string[] = [];
  const progress = new Progress({ isTTY: true, columns: 80, write: (text) => written.push(text) });
  const counts = { asked: 250, answered: 250, failed: 0 };
  progress.show({
    sample: { at: 1, seconds: 1, ...counts, latency: { p50: 10, p95: 20, p99: 30, max: 40 }, services: {} },
    pods: { at: 1, services: { posts: { ready: 4, wanted: 6, desired: 6, declared: 6, cpu: {} } } },
    phase: '250/s',
    rate: 250,
    errors: 0,
    left: 90,
  });
  const line = written.join('').replace('\r\u001B[2K', '');
  expect(line).toContain('posts 4/6');
  expect(line.length).toBeLessThan(80);
});
