/** What the Helm release of an add-on is told, which is the cluster's and no system's. */
export interface HelmValues {
  /** The chart's name. */
  readonly chart: string;
  readonly values: Readonly<Record<string, unknown>>;
}
