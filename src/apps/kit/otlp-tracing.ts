import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type ReadableSpan,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from './log.ts';
import type { Attributes, Span } from './span.ts';
import { currentTrace, newSpanId } from './trace.ts';
import type { Tracing } from './tracing.ts';

/** How long spans are gathered before they are sent, in milliseconds. */
const gatheredFor = 1_000;
/** How many are sent at once. */
const sentAtOnce = 512;
/** How many may wait. More are left out: a collector that is away must not fill the memory. */
const mostWaiting = 2_048;
/** How long it may take to send them, tries anew included, in milliseconds. */
const sendTimeout = 2_000;
/** How long the end of the process waits for the last of them, in milliseconds: less than a pod has for closing. */
const lastTimeout = 2_000;
/** How often it is logged at most that spans were lost, in milliseconds. */
const logInterval = 60_000;

/** @see OtlpTracing */
export interface OtlpTracingProps {
  /** The base, to which `/v1/traces` is added. */
  readonly endpoint: string;
  /** The share of the traces that begin here, from 0 to 1. */
  readonly sampled: number;
  /** What all spans say of this process. */
  readonly resource: Readonly<Record<string, string>>;
  readonly log: Logger;
}

/** Records traces with OpenTelemetry, and sends them by OTLP over HTTP, as JSON. */
export class OtlpTracing implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #ratio: TraceIdRatioBasedSampler;
  /** Of the span that is being begun. */
  #traceId = '';

  constructor({ endpoint, sampled, resource, log }: OtlpTracingProps) {
    this.#ratio = new TraceIdRatioBasedSampler(sampled);
    const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: sendTimeout });
    this.#provider = new TracerProvider({
      // Whoever asks here has decided already: no span is begun for a trace that is not recorded.
      sampler: new AlwaysOnSampler(),
      // The name of the pod is that of its host.
      resource: defaultResource().merge(resourceFromAttributes({ 'service.instance.id': hostname(), ...resource })),
      idGenerator: { generateTraceId: () => this.#traceId, generateSpanId: newSpanId },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new ToldOf(exporter, endpoint, log),
          scheduledDelayMillis: gatheredFor,
          maxExportBatchSize: sentAtOnce,
          maxQueueSize: mostWaiting,
          exportTimeoutMillis: 2 * sendTimeout,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer('trellis');
  }

  samples(traceId: string): boolean {
    return this.#ratio.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
  }

  begin(
    { traceId, parentId }: { readonly traceId: string; readonly parentId?: string | undefined },
    name: string,
    attributes: Attributes,
  ): Span {
    // Asked for at once, by the generator above.
    this.#traceId = traceId;
    const parent = { traceId, spanId: parentId ?? '', traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const context = parentId === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    return new OtlpSpan(this.#tracer, SpanKind.SERVER, name, attributes, context);
  }

  async close(): Promise<void> {
    const over = new AbortController();
    const late = sleep(lastTimeout, undefined, { signal: over.signal }).catch(() => {});
    // What could not be sent is logged already.
    await Promise.race([this.#provider.shutdown().catch(() => {}), late]);
    over.abort();
  }
}

class OtlpSpan implements Span {
  readonly #tracer: Tracer;
  readonly #span: ReturnType<Tracer['startSpan']>;
  readonly #context: Context;
  #hasEnded = false;

  constructor(tracer: Tracer, kind: SpanKind, name: string, attributes: Attributes, context: Context) {
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { kind, attributes }, context);
    this.#context = context;
  }

  get id(): string {
    return this.#span.spanContext().spanId;
  }

  child(name: string, attributes: Attributes): Span {
    const context = trace.setSpan(this.#context, this.#span);
    return new OtlpSpan(this.#tracer, SpanKind.CLIENT, name, attributes, context);
  }

  set(attributes: Attributes): void {
    if (!this.#hasEnded) this.#span.setAttributes(attributes);
  }

  fail(type: string): void {
    if (this.#hasEnded) return;
    this.#span.setAttribute('error.type', type);
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#span.end();
  }
}

/** An exporter whose failures are logged now and then, and go no further. */
class ToldOf implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #where: string;
  readonly #log: Logger;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #lost = 0;

  constructor(exporter: SpanExporter, where: string, log: Logger) {
    this.#exporter = exporter;
    this.#where = where;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.#exporter.export(spans, (result) => {
      // 0 is success.
      if (result.code !== 0) this.#lose(spans.length, result.error);
      done({ code: 0 });
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #lose(spans: number, error: Error | undefined): void {
    this.#lost += spans;
    const now = performance.now();
    if (now - this.#loggedAt < logInterval) return;
    this.#loggedAt = now;
    const { code, name } = (error ?? {}) as { code?: unknown; name?: string };
    const reason = String(code ?? name ?? 'unknown');
    // Outside of the request in whose time they happened to be sent.
    currentTrace.exit(() => this.#log.warn({ collector: this.#where, spans: this.#lost, reason }, 'spans lost'));
    this.#lost = 0;
  }
}
