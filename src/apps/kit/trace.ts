import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import type { Span } from './span.ts';

/** Who asked: what every log line and every call on behalf of one request carries. */
export interface Trace {
  /** 32 hexadecimal digits, the same through all services. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this service's part of the trace. */
  readonly spanId: string;
  /** The trace flags, 2 hexadecimal digits. */
  readonly flags: string;
  readonly requestId: string;
  /** Where it is recorded, this service's part of it. */
  readonly span?: Span | undefined;
}

/** What goes before a request: where its trace began, if it did. */
export interface TraceParent {
  readonly traceId: string;
  /** The span that this one is a part of. @default - there is none: this one is the first */
  readonly parentId?: string;
  /** @default - nobody has decided yet */
  readonly flags?: string;
}

/** The request that the running code works for; nothing outside of requests. */
export const currentTrace = new AsyncLocalStorage<Trace>();

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * What a `traceparent` header says, or a new trace: the standard says to start anew rather than to guess what a broken header meant. The gateway writes no spans: it begins a trace with
 * the second half of its id as the parent, so that the first span is that of the service which it asks.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceParentOf(traceparent: string | undefined): TraceParent {
  const [, version, traceId = '', parentId = '', flags = '', rest] = form.exec(traceparent ?? '') ?? [];
  const valid =
    version !== undefined &&
    version !== 'ff' &&
    (version !== '00' || rest === undefined) &&
    !/^0+$/.test(traceId) &&
    !/^0+$/.test(parentId);
  if (!valid) return { traceId: newId(16) };
  return parentId === traceId.slice(16) ? { traceId, flags } : { traceId, parentId, flags };
}

/** Whether the flags of a trace say that it is recorded. */
export function isSampled(flags: string): boolean {
  return (Number.parseInt(flags, 16) & 1) === 1;
}

/**
 * The `traceparent` of a call made for `trace`: a new span each time. Nothing outside of requests, where whoever is called begins a trace.
 *
 * @param span that of the call. @default - it is not recorded
 */
export function childTraceparent({ traceId, flags }: Trace, span: Pick<Span, 'id'> | undefined): string {
  return `00-${traceId}-${span?.id ?? newSpanId()}-${flags}`;
}

/** 16 hexadecimal digits. */
export function newSpanId(): string {
  return newId(8);
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
