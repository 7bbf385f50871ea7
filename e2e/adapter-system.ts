import birdImage from '../src/apps/bird-image/service.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { custom, defineEnvironment, defineSystem } from '../src/model/index.ts';
import { environments } from '../src/systems/index.ts';
import { kubectl } from './kubectl.ts';

/** Of a system of one service, which scales by prometheus-adapter. */
export const adapterNamespace = 'trellis-e2e-scaling';
export const adapterHost = `${adapterNamespace}.${environments['local']?.domain}`;
// Five pods find room beside all other systems.
const service = { ...birdImage, resources: { ...birdImage.resources, cpu: '20m' } } as const;
export const adapterSystem = defineSystem({
  name: adapterNamespace,
  services: [service],
  entrances: [{ host: adapterNamespace, services: [service] }],
});

export const adapterEnvironment = defineEnvironment({
  ...environments['local'],
  gateways: {},
  overrides: {
    [adapterNamespace]: {
      [birdImage.name]: {
        scaling: custom({
          min: 2,
          max: 5,
          perPod: 20,
          window: '20s',
          behavior: { scaleDown: { stabilization: '20s', policies: [{ percent: 100, per: '15s' }] } },
        }),
        env: { LOG_LEVEL: 'warn' },
      },
    },
  },
} as Parameters<typeof defineEnvironment>[0]);

/** Applies it, long before it is looked at: Prometheus learns of a new service only after minutes. */
export async function applyAdapterSystem(): Promise<void> {
  const charts = renderPlatform({ environment: adapterEnvironment, systems: [adapterSystem] });
  const items = charts.flatMap(({ objects }) => objects);
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}
