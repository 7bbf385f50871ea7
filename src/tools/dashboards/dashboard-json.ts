/** Of a dashboard as Grafana keeps it, what its queries and its picture need. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
}

interface VariableJson {
  readonly name: string;
  readonly type: string;
  /** What stands in a query where all values are chosen. */
  readonly allValue?: string;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** A heading has none. */
  readonly targets?: readonly TargetJson[];
  readonly options?: { readonly graphMode?: string };
  readonly fieldConfig?: { readonly defaults: FieldJson };
}

export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  /** The least time between two values, such as `15s`. */
  readonly interval?: string;
}

export interface FieldJson {
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly mappings?: readonly {
    readonly options: Readonly<Record<string, { readonly text?: string; readonly color?: string }>>;
  }[];
  readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
  readonly custom?: {
    readonly stacking?: { readonly mode: string };
    readonly thresholdsStyle?: { readonly mode: string };
  };
}

/** An object of Kubernetes that may be the ConfigMap of a dashboard. */
interface FoundObject {
  readonly kind: string;
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

/** The dashboards among rendered objects. @param label by which Grafana finds their ConfigMaps */
export function dashboardsIn(
  objects: readonly object[],
  label: { readonly name: string; readonly value: string },
): DashboardJson[] {
  return (objects as readonly FoundObject[])
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels?.[label.name] === label.value)
    .flatMap(({ data = {} }) => Object.values(data))
    .map((text) => JSON.parse(text) as DashboardJson);
}
