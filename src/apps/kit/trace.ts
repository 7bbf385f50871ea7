import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** Who asked: what every log line and every call on behalf of one request carries. */
export interface Trace {
  /** 32 hexadecimal digits, the same through all services. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this service's part of the trace. */
  readonly spanId: string;
  /** The trace flags, 2 hexadecimal digits. */
  readonly flags: string;
  readonly requestId: string;
}

/** The request that the running code works for; nothing outside of requests. */
export const currentTrace = new AsyncLocalStorage<Trace>();

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The trace of a `traceparent` header, or a new one: the standard says to start anew rather than to guess what a broken header meant.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function startTrace(traceparent: string | undefined, requestId: string): Trace {
  const [, version, traceId = '', parentId = '', flags = '', rest] = form.exec(traceparent ?? '') ?? [];
  const valid =
    version !== undefined &&
    version !== 'ff' &&
    (version !== '00' || rest === undefined) &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId);
  return valid
    ? { traceId, spanId: newId(8), flags, requestId }
    : { traceId: newId(16), spanId: newId(8), flags: '01', requestId };
}

/** The `traceparent` of a call made for `trace`: a new span each time. */
export function childTraceparent(trace: Trace | undefined): string {
  return `00-${trace?.traceId ?? newId(16)}-${newId(8)}-${trace?.flags ?? '01'}`;
}

/** Random bytes in stock: asking the system for each id took a tenth of a request's time. */
const stock = Buffer.alloc(4_096);
let used = stock.length;

function newId(bytes: number): string {
  if (used + bytes > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += bytes;
  return stock.toString('hex', used - bytes, used);
}
