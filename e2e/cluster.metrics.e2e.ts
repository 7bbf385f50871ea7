import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { scraped } from '../test/metrics-contract/series.ts';
import { eventually } from './kubectl.ts';
import { query } from './prometheus.ts';

/** What a cluster only says once something of the sort has happened. Where it did, its labels are looked at like all others. */
const maybe = [
  /^kube_pod_status_(unschedulable|reason)$/,
  /^kube_pod_(init_)?container_status_(waiting|terminated|last_terminated)_reason$/,
  /^kube_cronjob_status_last_/,
  /^kube_job_/,
  // Only pods with a helper that starts before them have these.
  /^kube_pod_init_container_/,
  // Whether a cluster scrapes KEDA is its own affair.
  /^keda_/,
];

/** What was recorded of an exporter: each metric, with its labels. */
async function recordedOf(exporter: string): Promise<[name: string, labels: string[]][]> {
  const text = await readFile(new URL(`../test/cluster-metrics/${exporter}.txt`, import.meta.url), 'utf8');
  return [...Map.groupBy(scraped(text), ({ name }) => name)].map(([name, series]) => [
    name,
    [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))],
  ]);
}

const recorded = [...(await recordedOf('kube-state-metrics')), ...(await recordedOf('keda'))];

// What rules are tested with is of one version; the cluster's may be another.
test.each(recorded)('the cluster has %s as the rules were tested with it', async (name, labels) => {
  const look = () => query(`topk(50, ${name})`);
  const samples = maybe.some((each) => each.test(name))
    ? await look()
    : await eventually(60, look, ({ length }) => length > 0);
  if (samples.length === 0) return;
  const seen = new Set(samples.flatMap(({ metric }) => Object.keys(metric)));
  // A label whose value is empty is none.
  const empty = ['host_ip', 'pod_ip', 'internal_ip', 'priority_class', 'provider_id', 'pod_cidr', 'system_uuid', 'kubeproxy_version', 'storageclass', 'volumename', 'volumemode']; // biome-ignore format: one line
  expect([...seen]).toEqual(expect.arrayContaining(labels.filter((label) => !empty.includes(label))));
});
