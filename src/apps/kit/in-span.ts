import { ClientError } from './client-error.ts';
import { HttpError } from './problem.ts';
import type { Attributes, Span } from './span.ts';
import { QueryError } from './stores/query-error.ts';
import { currentTrace } from './trace.ts';

/**
 * Does a part of what the current request needs, as a span of its own where the request is recorded.
 *
 * @param attributes asked for only then
 */
export function inSpan<T>(name: string, attributes: () => Attributes, run: () => Promise<T>): Promise<T> {
  const parent = currentTrace.getStore()?.span;
  return parent ? within(parent.child(name, attributes()), run) : run();
}

async function within<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    span.fail(errorType(error));
    throw error;
  } finally {
    span.end();
  }
}

/** A word for an error, without anything that was sent. */
export function errorType(error: unknown): string {
  if (error instanceof HttpError) return error.code;
  if (error instanceof QueryError) return error.sqlState;
  if (error instanceof ClientError) return error.status === undefined ? error.outcome : String(error.status);
  return error instanceof Error ? error.name : '_OTHER';
}
