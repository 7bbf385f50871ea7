import { expect, test } from 'vitest';
import { createLog } from '../apps/kit/log.ts';
import { LogLines } from '../apps/kit/testing/log-lines.ts';
import { devPrinter } from './dev-printer.ts';

/** What is shown of what a service logs. */
function shown(write: (log: ReturnType<typeof createLog>) => void, isBrief = false): string[] {
  const printed: string[] = [];
  const printer = devPrinter({
    prefix: 'posts',
    colorize: false,
    isBrief: () => isBrief,
    print: (line) => printed.push(line),
  });
  const lines = new LogLines();
  write(createLog({ service: 'posts', version: '1', level: 'debug', to: lines }));
  for (const line of lines.text.split('\n').filter(Boolean)) printer(line);
  return printed;
}

test('a line is its time, its level, what happened, and the particulars', () => {
  const [line] = shown((log) => log.warn({ store: 'a:1' }, 'no connection'));
  expect(line).toMatch(/^posts \| \[\d\d:\d\d:\d\d\.\d{3}\] WARN: no connection \{"store":"a:1"\}$/);
});

test('the stack of an error is lines of their own, each with the name of the service', () => {
  const [first, ...others] = shown((log) => log.error({ err: new TypeError('no luck') }, 'failed'));
  expect(first).toMatch(/ERROR: failed *$/);
  expect(others.join('\n')).toMatch(/^posts \| +TypeError: no luck\nposts \| +at /m);
  expect(others.every((line) => line.startsWith('posts | '))).toBe(true);
});

test('what is no warning is left out while much happens', () => {
  const bodies = (lines: string[]) => lines.map((line) => line.replace(/^.*\] /, ''));
  const write = (log: ReturnType<typeof createLog>) => {
    log.debug('one');
    log.info('two');
    log.warn('three');
    log.error('four');
  };
  expect(bodies(shown(write))).toEqual(['DEBUG: one', 'INFO: two', 'WARN: three', 'ERROR: four']);
  expect(bodies(shown(write, true))).toEqual(['WARN: three', 'ERROR: four']);
});

test('what is no log line is shown as it is', () => {
  const printed: string[] = [];
  const printer = devPrinter({
    prefix: 'posts',
    colorize: false,
    isBrief: () => true,
    print: (line) => printed.push(line),
  });
  for (const line of ['node:internal/modules', '{"a":1', 'null']) printer(line);
  expect(printed).toEqual(['posts | node:internal/modules', 'posts | {"a":1', 'posts | null']);
});
