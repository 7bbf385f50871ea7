import { json, type StubServer, stubServer } from './stub-server.ts';

/** A span as it was sent. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Nothing for the first of a trace. */
  readonly parentId: string | undefined;
  readonly name: string;
  /** 2 is a server's, 3 a client's. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What all spans of the process say of it. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly hasFailed: boolean;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** As much of a request by OTLP as tests look at. */
export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind: number;
        readonly attributes: readonly Attribute[];
        readonly status?: { readonly code?: number };
      }[];
    }[];
  }[];
}

/** A server in place of a collector. */
export interface OtlpReceiver extends Pick<StubServer, 'url' | 'requests'>, AsyncDisposable {
  /** All that came so far. */
  spans(): readonly SentSpan[];
}

/** @param status what it answers. @default 200 */
export async function otlpReceiver(status = 200): Promise<OtlpReceiver> {
  const stub = await stubServer((_, response) => json(response, {}, status));
  return {
    ...stub,
    spans: () => stub.requests.flatMap(({ body }) => spansOf(JSON.parse(body))),
  };
}

/** @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function spansOf({ resourceSpans }: OtlpRequest): readonly SentSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, kind, attributes, status }) => ({
        traceId,
        spanId,
        parentId: parentSpanId || undefined,
        name,
        kind,
        attributes: valuesOf(attributes),
        resource: valuesOf(resource.attributes),
        hasFailed: status?.code === 2,
      })),
    ),
  );
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** Spans as a tree, each below the one that it is a part of, as `service: name`. Those at the same place are in the order of their names. */
export function treeOf(spans: readonly SentSpan[], parentId?: string, indent = ''): string[] {
  const title = (span: SentSpan) => `${span.resource['service.name']}: ${span.name}`;
  return spans
    .filter((span) => span.parentId === parentId)
    .toSorted((one, other) => title(one).localeCompare(title(other)))
    .flatMap((span) => [`${indent}${title(span)}`, ...treeOf(spans, span.spanId, `${indent}  `)]);
}
