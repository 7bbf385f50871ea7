import type * as conventions from '@opentelemetry/semantic-conventions/incubating';

type Conventions = typeof conventions;

/** What attributes are called today. Types alone: nothing of OpenTelemetry is loaded for them, and a name that it does not know breaks the compile. */
type AttributeName = Extract<
  { [Name in keyof Conventions]: Name extends `ATTR_${string}` ? Conventions[Name] : never }[keyof Conventions],
  string
>;

/** @see https://opentelemetry.io/docs/specs/semconv/ */
export type Attributes = { readonly [Name in AttributeName]?: string | number | undefined };

/** A part of a trace that is recorded. */
export interface Span {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Begins what this service asks of another, or of a store, as a part of this one. */
  child(name: string, attributes: Attributes): Span;
  set(attributes: Attributes): void;
  /** Says that it failed. @param type a word for it of a small set, never a message: those may hold what was sent */
  fail(type: string): void;
  /** Once is enough: what comes later changes nothing. */
  end(): void;
}
