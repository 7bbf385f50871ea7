import { execa } from 'execa';
import { eventually, getJson, kubectl, podsIn } from './kubectl.ts';
import { isReady } from './settled.ts';

/** Where the API server finds Prometheus, as a release of kube-prometheus-stack called `monitoring` names it. */
const service = process.env['E2E_PROMETHEUS'] ?? 'monitoring/monitoring-kube-prometheus-prometheus:9090';

/** One series of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks the cluster's Prometheus, through the API server's proxy. */
export async function query(promql: string): Promise<readonly Sample[]> {
  type Answer = { result: { metric: Record<string, string>; value: [number, string] }[] };
  const { result } = await ask<Answer>(`query?query=${encodeURIComponent(promql)}`);
  return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

/**
 * Makes the cluster's Prometheus answer on this machine, for hundreds of queries: a kubectl for each would take longer than they do.
 *
 * @returns where it answers, until it is disposed of
 */
export async function openPrometheus(): Promise<{ readonly url: string } & AsyncDisposable> {
  const [namespace, name] = service.split('/');
  const proxy = execa('kubectl', ['proxy', '--port=0'], { reject: false });
  const at = await new Promise<string>((resolve, reject) => {
    let said = '';
    proxy.stdout.on('data', (text) => {
      said += text;
      const address = /^Starting to serve on (\S+)\n/.exec(said)?.[1];
      if (address) resolve(address);
    });
    proxy.then(({ stderr }) => reject(new Error(`kubectl proxy ended: ${stderr}`)));
  });
  return {
    url: `http://${at}/api/v1/namespaces/${namespace}/services/${name}/proxy`,
    [Symbol.asyncDispose]: async () => {
      proxy.kill();
      await proxy;
    },
  };
}

/** A group of rules as Prometheus runs it. */
export interface RunGroup {
  readonly name: string;
  readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
}

/** All groups of rules that the cluster's Prometheus runs. */
export async function rulesOf(): Promise<readonly RunGroup[]> {
  return (await ask<{ groups: readonly RunGroup[] }>('rules')).groups;
}

async function ask<Data>(path: string): Promise<Data> {
  const [namespace, name] = service.split('/');
  const raw = `/api/v1/namespaces/${namespace}/services/${name}/proxy/api/v1/${path}`;
  return (JSON.parse(await kubectl(['get', '--raw', raw])) as { data: Data }).data;
}

/** What kube-prometheus-stack makes the pods of Prometheus from. */
interface PrometheusObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly replicas?: number };
}

/**
 * Takes the cluster's Prometheus away, does something meanwhile, and brings it back.
 *
 * @returns false, having done nothing, where prometheus-operator does not run it
 */
export async function withoutPrometheus(act: () => Promise<void>): Promise<boolean> {
  const [namespace = '', name = ''] = service.replace(/:\d+$/, '').split('/');
  const { items } = await getJson<{ items: readonly PrometheusObject[] }>(['prometheuses', '-n', namespace]);
  const found = items.find(({ metadata }) => name.startsWith(metadata.name));
  if (!found) return false;
  const scale = (replicas: number) =>
    kubectl([
      ...['patch', 'prometheus', found.metadata.name, '-n', namespace, '--type=merge'],
      ...['-p', JSON.stringify({ spec: { replicas } })],
    ]);
  const pods = () => podsIn(namespace, `operator.prometheus.io/name=${found.metadata.name}`);
  await scale(0);
  try {
    await eventually(60, pods, (left) => left.length === 0);
    await act();
  } finally {
    await scale(found.spec.replicas ?? 1);
  }
  await eventually(120, pods, (back) => back.length > 0 && back.every(isReady));
  return true;
}
