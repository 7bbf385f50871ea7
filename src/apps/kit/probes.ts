import type { FastifyInstance } from 'fastify';
import { kitPaths } from '../../model/index.ts';
import { HttpError, sendProblem } from './problem.ts';
import type { Readiness } from './readiness.ts';

/** Serves what Kubernetes asks: whether the process lives, and whether it may get requests. */
export function serveProbes(server: FastifyInstance, readiness: Readiness): void {
  server.get(kitPaths.health, { schema: { hide: true } }, () => ({ status: 'ok' }));
  server.get(kitPaths.ready, { schema: { hide: true } }, async (request, reply) => {
    const { ready, failed } = await readiness.state();
    if (ready) return { status: 'ok' };
    const errors = failed.map(({ check, reason }) => ({ path: check, message: reason }));
    return sendProblem(new HttpError(503, 'not-ready', 'Not ready', { errors }), request, reply);
  });
}
