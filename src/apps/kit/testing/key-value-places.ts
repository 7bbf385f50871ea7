import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Registry } from 'prom-client';
import { createLog } from '../log.ts';
import type { OpenKeyValue } from '../stores/key-value.ts';
import { type KeyValueProps, openKeyValue } from '../stores/open-key-value.ts';
import type { LogLines } from './log-lines.ts';
import { startTestRedis } from './test-redis.ts';

/** Where a key-value store keeps its values during a test. */
export interface Place extends AsyncDisposable {
  /** Limited to the prefix `test` where users can be. */
  readonly url: string;
  readonly unlimitedUrl: string;
}

type Skips = Parameters<typeof startTestRedis>[0];

/** A new and empty place of each kind. */
export const places: readonly (readonly [kind: 'Redis' | 'a file', make: (context: Skips) => Promise<Place>])[] = [
  [
    'Redis',
    async (context) => {
      const redis = await startTestRedis(context);
      return {
        url: redis.limitedUrl,
        unlimitedUrl: redis.url,
        [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
      };
    },
  ],
  ['a file', makeFilePlace],
];

/** The URL of a file that is not there yet. */
export async function makeFilePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'test-key-value-'));
  // A name that a URL must escape, in a folder that is not there yet.
  const url = String(pathToFileURL(join(folder, 'state of #1', 'state.sqlite')));
  return { url, unlimitedUrl: url, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** A key-value store that is closed at the end of the scope. */
export type TestKeyValue = OpenKeyValue & AsyncDisposable;

/** @param props.lines keeps its log lines. @default - thrown away */
export function openTestKeyValue(
  url: string,
  { lines, ...props }: Partial<Omit<KeyValueProps, 'log'>> & { lines?: LogLines } = {},
): TestKeyValue {
  const log = createLog({ service: 'test', version: 'test', level: 'info', to: lines ?? { write: () => {} } });
  const keyValue = openKeyValue({
    url,
    prefix: 'test',
    service: 'test',
    registry: new Registry(),
    log,
    // A command must not fail only because the machine is busy with other tests.
    connectTimeout: '10s',
    ...props,
  });
  return { ...keyValue, [Symbol.asyncDispose]: () => keyValue.close() };
}
