import { expect, test } from 'vitest';
import { environmentWith, minimalService, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';

const objects = objectsOf({ environment: environmentWith(), systems: [systemOf(minimalService())] });
const monitor = objectNamed(objects, 'ServiceMonitor', 'minimal');

test("the environment's Prometheus picks the monitor up by its release", () => {
  expect(monitor.metadata.labels.release).toBe('kps');
});

test('the monitor names a port that the Service has, and selects that Service', () => {
  const service = objectNamed(objects, 'Service', 'minimal');
  expect(service.spec.ports.map((port: { name: string }) => port.name)).toContain(monitor.spec.endpoints[0].port);
  expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
});
