import type { Attributes, Span } from './span.ts';

/** Records traces. */
export interface Tracing {
  /** Whether a trace that begins here is recorded, by its id: the same everywhere. */
  samples(traceId: string): boolean;
  /** Begins the span of a request. @param parent 16 hexadecimal digits. @default - it is the first of its trace */
  begin(
    trace: { readonly traceId: string; readonly parentId?: string | undefined },
    name: string,
    with_: Attributes,
  ): Span;
  /** Sends what is not sent yet, for a moment at most. Never rejects. */
  close(): Promise<void>;
}
