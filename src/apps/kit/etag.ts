import type { FastifyRequest } from 'fastify';

/** Whether the caller has what an ETag stands for already, by its `If-None-Match`. @param etag with its quotes */
export function knowsEtag({ headers }: FastifyRequest, etag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  return known.trim() === '*' || [...known.matchAll(/"[^"]*"/g)].some(([each]) => each === etag);
}
