import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below those that systems give to outgoing connections and to servers that take any port (32768 and up on Linux), and beside those that `npm run dev` takes,
 * which tests start too.
 */
const first = 10_000;
const last = 19_999;

/** How many numbers one process of tests has for itself. */
const share = 200;
const shares = (last + 1 - first) / share;

/** Vitest numbers the processes that run at the same time, from 1; what starts before them has none. */
const start = first + (Number(process.env['VITEST_POOL_ID'] ?? 0) % shares) * share;

// Another run on the same machine begins elsewhere.
let next = Math.floor(Math.random() * share);

/** A port at which nothing listens, and which no other test takes. @throws Error if there is none */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < share; tried++) {
    const port = start + (next++ % share);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error(`a free port from ${start} to ${start + share - 1} is needed, and none is free`);
}
