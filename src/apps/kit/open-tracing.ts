import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import type { Tracing } from './tracing.ts';

/** What of the environment says whether and how traces are recorded. */
export type TracingConfig = Pick<
  Config,
  'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_TRACES_SAMPLER_ARG' | 'OTEL_RESOURCE_ATTRIBUTES' | 'SERVICE_VERSION'
>;

/** @returns nothing if there is nowhere to send spans; then nothing of OpenTelemetry is loaded either */
export async function openTracing(props: {
  readonly service: string;
  readonly config: TracingConfig;
  readonly log: Logger;
}): Promise<Tracing | undefined> {
  const { service, config, log } = props;
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.ts');
  return new OtlpTracing({
    endpoint,
    sampled: config.OTEL_TRACES_SAMPLER_ARG,
    resource: {
      ...resourceAttributes(config.OTEL_RESOURCE_ATTRIBUTES ?? ''),
      'service.name': service,
      'service.version': config.SERVICE_VERSION,
    },
    log,
  });
}

/**
 * Reads `key=value,key=value`, the values percent-encoded.
 *
 * @throws Error if it is something else
 */
export function resourceAttributes(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
      try {
        if (key !== undefined && value !== undefined) return [key, decodeURIComponent(value)];
      } catch {
        // A % that escapes nothing.
      }
      throw new Error(
        `OTEL_RESOURCE_ATTRIBUTES: got ${JSON.stringify(pair)}; allowed: key=value, several with commas between them; fix: write what is not a letter or digit in a value as %xx`,
      );
    }),
  );
}
