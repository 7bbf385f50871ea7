import { receivers as poster } from './alert-receivers.ts';
import { kubectl } from './kubectl.ts';

/** Where the API server finds Alertmanager, as a release of kube-prometheus-stack called `monitoring` names it. */
const service = process.env['E2E_ALERTMANAGER'] ?? 'monitoring/monitoring-kube-prometheus-alertmanager:9093';
const [namespace = '', name = ''] = service.split('/');
const api = `/api/v1/namespaces/${namespace}/services/${name}/proxy/api/v2`;

/** An alert as Prometheus posts it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When it is over. @default - after the time in which Alertmanager expects to hear of it again */
  readonly endsAt?: string;
}

/** Tells the cluster's Alertmanager of alerts, as its Prometheus does. A label without a value is none. */
export async function postAlerts(alerts: readonly PostedAlert[]): Promise<void> {
  const sent = alerts.map(({ labels, ...alert }) => ({
    ...alert,
    labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')),
  }));
  // From a pod: kubectl says nothing of what it posts, and Alertmanager takes only what is said to be JSON.
  const program = `
    const headers = { 'Content-Type': 'application/json' };
    fetch('http://${name.replace(':', `.${namespace}.svc:`)}/api/v2/alerts', { method: 'POST', headers, body: process.argv[1] })
      .then(({ status }) => { if (status !== 200) throw new Error(status); });`;
  await kubectl(['exec', poster.pod, '-n', poster.namespace, '--', 'node', '-e', program, JSON.stringify(sent)]);
}

/** The names of all receivers that the cluster's Alertmanager knows. */
export async function receiversOfAlertmanager(): Promise<readonly string[]> {
  const found = JSON.parse(await kubectl(['get', '--raw', `${api}/receivers`])) as { name: string }[];
  return found.map((each) => each.name);
}
