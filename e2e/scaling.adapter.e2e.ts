import { afterAll, beforeAll, expect, test } from 'vitest';
import birdImage from '../src/apps/bird-image/service.ts';
import { prometheusAdapter } from '../src/charts/addons/prometheus-adapter.ts';
import type { AdapterRule } from '../src/charts/observability/adapter-rules.ts';
import { place } from '../src/charts/placement.ts';
import { quantityValue } from '../src/model/index.ts';
import { noAdapter, useAdapterRules } from './adapter-rules.ts';
import { adapterEnvironment, adapterHost, adapterNamespace, adapterSystem } from './adapter-system.ts';
import { ingressOf } from './ingress.ts';
import { eventually, getJson, kubectl, podsIn } from './kubectl.ts';
import { isReady } from './settled.ts';
import { steady } from './steady.ts';

const namespace = adapterNamespace;
const { name } = birdImage;

interface Autoscaler {
  readonly status: {
    readonly desiredReplicas: number;
    readonly currentMetrics?: readonly {
      readonly type: string;
      readonly pods?: {
        readonly metric: { readonly name: string };
        readonly current: { readonly averageValue: string };
      };
    }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** What the autoscaler says and what there is. */
async function look() {
  const [{ status }, pods] = await Promise.all([
    getJson<Autoscaler>(['hpa', name, '-n', namespace]),
    podsIn(namespace, `app.kubernetes.io/name=${name}`),
  ]);
  const { metric, current } = status.currentMetrics?.[0]?.pods ?? {};
  return {
    metric: metric?.name,
    perPod: current && quantityValue(current.averageValue),
    isActive: status.conditions?.find(({ type }) => type === 'ScalingActive')?.status,
    wanted: status.desiredReplicas,
    pods: pods.length,
    ready: pods.filter(isReady).length,
  };
}

let putBack: (() => Promise<void>) | undefined;

beforeAll(async () => {
  const values = prometheusAdapter(adapterEnvironment, place(adapterEnvironment, [adapterSystem]))?.values as {
    rules: { custom: readonly AdapterRule[] };
  };
  putBack = await useAdapterRules(values.rules.custom);
  if (!putBack) return;
  const startedAt = Date.now();
  // It is there since the set-up. prometheus-operator, the volume of its Secret and the reloader each have an interval of their own before a new monitor counts.
  await eventually(420, look, ({ ready, isActive }) => ready === 2 && isActive === 'True');
  console.log(`adapter: pods that nobody has asked are known after ${Math.round((Date.now() - startedAt) / 1_000)} s`);
});

afterAll(async () => {
  if (!putBack) return;
  try {
    await putBack();
  } finally {
    await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--wait', '--timeout=120s']);
  }
});

test('an autoscaler follows requests by the rendered rules of prometheus-adapter: 2 pods, 3 at 50/s, 5 at 90/s, and 2 again', async (context) => {
  if (!putBack) return context.skip(noAdapter);
  const metric = `${namespace}.${name}.http_requests_per_second`;
  expect(await look()).toEqual({ metric, perPod: 0, isActive: 'True', wanted: 2, pods: 2, ready: 2 });

  const startedAt = Date.now();
  const print = (line: string, seen: object) =>
    console.log(`adapter: ${line} after ${Math.round((Date.now() - startedAt) / 1_000)} s: ${JSON.stringify(seen)}`);
  const levels = [
    { more: 50, rate: 50, pods: 3 },
    { more: 40, rate: 90, pods: 5 },
  ];
  let isOver = false;
  const [url, headers] = [`${ingressOf(adapterHost)}/?birdName=Eagle`, { host: adapterHost }];
  const loads: ReturnType<typeof steady>[] = [];
  try {
    for (const { more, rate, pods } of levels) {
      loads.push(steady({ url, headers, rate: more, isOver: () => isOver }));
      // Both at once: so many pods, and all of the rate in what the autoscaler reads.
      const share = rate / pods;
      const seen = await eventually(
        60,
        look,
        (each) => each.ready === pods && each.wanted === pods && Math.abs((each.perPod ?? 0) - share) < share / 10,
      );
      expect(seen).toMatchObject({ metric, isActive: 'True', pods });
      print(`${pods} pods Ready for ${rate}/s`, seen);
    }
  } finally {
    isOver = true;
  }
  for (const { lost, failed } of await Promise.all(loads)) expect({ lost, failed }).toEqual({ lost: 0, failed: 0 });
  const calm = await eventually(90, look, ({ pods, wanted, perPod }) => pods === 2 && wanted === 2 && perPod === 0);
  expect(calm).toMatchObject({ metric, isActive: 'True', ready: 2 });
  print('2 pods without a load', calm);
}, 150_000);
