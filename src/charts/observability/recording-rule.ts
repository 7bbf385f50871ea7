/** What Prometheus calculates over and over, and keeps as series of its own: for what is asked often, or over long. */
export interface RecordingRule {
  /** The name of the series, as `level:metric:operation`. */
  readonly record: string;
  readonly expr: string;
  /** Beside those that the expression leaves. */
  readonly labels: Readonly<Record<string, string>>;
}
