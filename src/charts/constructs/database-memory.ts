/**
 * What a connection may need, in bytes. A quiet one has less than 2 MiB of its own; prepared statements, the tables of the pages that it has looked at and a
 * sort within `work_mem` come on top.
 * @see https://blog.anarazel.de/2020/10/07/measuring-the-memory-overhead-of-a-postgres-connection/
 */
export const connectionMemory = 4 * 2 ** 20;

/**
 * The server's own cache, in bytes: a quarter of its memory, as the manual says. The rest is for the connections and the kernel's cache of files.
 * @see https://www.postgresql.org/docs/18/runtime-config-resource.html#GUC-SHARED-BUFFERS
 */
export function sharedBuffers(memory: number): number {
  return memory / 4;
}

/** The connections that a server's memory, in bytes, has room for when all are in use. */
export function connectionsInMemory(memory: number): number {
  return Math.floor((memory - sharedBuffers(memory)) / connectionMemory);
}

/** The least memory, in whole MiB, that has room for connections. */
export function mebibytesFor(connections: number): number {
  // What is left of one byte is the part that connections may have.
  return Math.ceil((connections * connectionMemory) / (1 - sharedBuffers(1)) / 2 ** 20);
}
