import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (32768 and up on Linux): one of those may be taken in the time until the server that it is
 * meant for listens.
 */
const [first, last] = [20_000, 32_000] as const;

/** Ports of this machine that are free at the moment. @throws Error if there are not so many */
export async function freePorts(count: number): Promise<number[]> {
  const open: { port: number; server: Server }[] = [];
  const start = first + Math.floor(Math.random() * (last - first));
  for (let offset = 0; offset <= last - first && open.length < count; offset++) {
    const port = first + ((start + offset - first) % (last - first + 1));
    const server = createServer();
    // All stay open until the last is found, so that no number comes twice.
    if (await listens(server, port)) open.push({ port, server });
  }
  await Promise.all(open.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  if (open.length < count)
    throw new Error(`${count} free ports from ${first} to ${last} are needed, and ${open.length} are free`);
  return open.map(({ port }) => port);
}

async function listens(server: Server, port: number): Promise<boolean> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  }
}
