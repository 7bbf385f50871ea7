import { kubectl } from './kubectl.ts';

/** Where the API server finds Prometheus, as a release of kube-prometheus-stack called `monitoring` names it. */
const service = process.env['E2E_PROMETHEUS'] ?? 'monitoring/monitoring-kube-prometheus-prometheus:9090';

/** One series of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks the cluster's Prometheus, through the API server's proxy. */
export async function query(promql: string): Promise<readonly Sample[]> {
  const [namespace, name] = service.split('/');
  const path = `/api/v1/namespaces/${namespace}/services/${name}/proxy/api/v1/query?query=${encodeURIComponent(promql)}`;
  const { data } = JSON.parse(await kubectl(['get', '--raw', path])) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}
