import { z } from 'zod';
import { toFiles } from '../src/charts/output.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import {
  cpu,
  defineContract,
  defineService,
  defineSystem,
  type Environment,
  get,
  type Service,
} from '../src/model/index.ts';
import { environments } from '../src/systems/index.ts';
import type { Comparison } from './ratio.ts';

function systemOf(services: number) {
  const declared = Array.from({ length: services }, (_, index) => {
    const contract = defineContract({
      name: `service-${index}`,
      port: 3000,
      routes: { list: get('/', { summary: 'Lists.', exposed: true, response: z.string() }) },
    });
    return defineService({
      contract,
      owner: 'team',
      description: 'One of many.',
      scaling: cpu({ min: 2, max: 4, cpu: 50 }),
    }) as Service;
  });
  return defineSystem({ name: 'many', services: declared });
}

/** Without what it says of a system that is not rendered here. */
const environment = { ...environments['local'], gateways: {}, overrides: {} } as Environment;

const few = systemOf(50);
const many = systemOf(500);

/** Milliseconds a service that rendering a system to text takes. */
function timePerService(system: typeof few): number {
  const start = performance.now();
  toFiles(renderPlatform({ environment, systems: [system] }));
  return (performance.now() - start) / system.services.length;
}

/** Whether synth stays linear: 1 is linear, 10 would be quadratic. */
export const synthGrowth: Comparison = {
  name: 'synth growth',
  subject: 'a service among 500',
  reference: 'a service among 50',
  unit: 'ms',
  measure: async () => ({ reference: timePerService(few), subject: timePerService(many) }),
};
