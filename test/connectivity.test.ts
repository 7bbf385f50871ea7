import { describe, expect, test } from 'vitest';
import { metricsPort, type System } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import { mayReach, type Party, podsOf } from './connectivity.ts';
import { environmentWith, exposures, fullService, systemOf } from './declarations.ts';
import { type Manifest, objectsOf } from './objects.ts';

const stranger: Party = { name: 'stranger', namespace: 'elsewhere', labels: { 'app.kubernetes.io/name': 'bird' } };
const internet: Party = { name: 'internet', address: '93.184.216.34' };
const metadataService: Party = { name: "the cloud's metadata", address: '169.254.169.254' };
const node: Party = { name: 'a node', address: '192.168.1.10' };

/** Every TCP edge that the manifests allow among the given parties. */
function allowed(
  objects: readonly Manifest[],
  froms: readonly Party[],
  tos: readonly Party[],
  ports: readonly number[],
): string[] {
  return froms
    .flatMap((from) =>
      tos
        .filter((to) => to !== from)
        .flatMap((to) => ports.filter((port) => mayReach(objects, from, to, port)).map((port) => edge(from, to, port))),
    )
    .toSorted();
}

function edge(from: { name: string }, to: { name: string }, port: number): string {
  return `${from.name} -> ${to.name}:${port}`;
}

function declared(system: System): string[] {
  return system.services.flatMap((service) =>
    service.calls.map(({ contract }) => edge(service, contract, contract.port)),
  );
}

describe.each(Object.values(environments))('environment $name', (environment) => {
  const objects = objectsOf({ environment, systems });
  const pods = podsOf(objects);
  const { namespace, labels } = environment.monitoring.prometheus;
  const prometheus: Party = { name: 'prometheus', namespace, labels: labels ?? {} };
  const ports = [
    ...new Set([...systems.flatMap((system) => system.services.map((service) => service.contract.port)), metricsPort]),
  ];

  test('services reach exactly the services that they declare to call', () => {
    expect(allowed(objects, pods, pods, ports)).toEqual(systems.flatMap(declared).toSorted());
  });

  test('Prometheus reaches the metrics of every pod, and nothing else', () => {
    const nodePorts = systems.flatMap(openAtNodePort(environment));
    const expected = pods.map((pod) => edge(prometheus, pod, metricsPort));
    expect(allowed(objects, [prometheus], pods, ports)).toEqual(
      [...expected, ...nodePorts.map((open) => edge(prometheus, { name: open.name }, open.port))].toSorted(),
    );
  });

  test('a stranger reaches only what is open at a NodePort', () => {
    expect(allowed(objects, [stranger], pods, ports)).toEqual(
      systems
        .flatMap(openAtNodePort(environment))
        .map((open) => edge(stranger, { name: open.name }, open.port))
        .toSorted(),
    );
  });

  test('nobody reaches the metadata service or a node, and the internet only who declares an API outside', () => {
    expect(allowed(objects, pods, [metadataService, node], [80, 443, 10_250])).toEqual([]);
    const callers = systems.flatMap((system) =>
      system.services.filter((service) => Object.keys(service.outside).length > 0),
    );
    expect(allowed(objects, pods, [internet], [80, 443])).toEqual(
      callers.map((caller) => edge(caller, internet, 443)).toSorted(),
    );
  });
});

function openAtNodePort(environment: (typeof environments)[string]) {
  return (system: System) =>
    environment?.exposure.some((each) => each.kind === 'nodePort')
      ? system.entrances
          .filter((each) => each.nodePort !== undefined)
          .flatMap((each) => each.services.map(({ name, contract }) => ({ name, port: contract.port })))
      : [];
}

describe('an environment with pods in place of an API outside', () => {
  const { service, callee } = fullService();
  const stub: Party = { name: 'stub', namespace: 'tools', labels: { app: 'stub' } };
  const objects = objectsOf({
    environment: environmentWith({
      exposure: [exposures.gateway],
      overrides: {
        shop: {
          full: {
            outside: {
              maps: { url: 'http://stub.tools', pods: { namespace: 'tools', labels: { app: 'stub' }, port: 8080 } },
              weather: 'http://192.168.7.7:8081',
            },
          },
        },
      },
    }),
    systems: [systemOf(service, callee)],
  });
  const pods = podsOf(objects);

  test('the pods are reached at their own port, and an address by itself alone', () => {
    const address: Party = { name: 'address', address: '192.168.7.7' };
    const neighbour: Party = { name: 'neighbour', address: '192.168.7.8' };
    expect(allowed(objects, pods, [stub, address, neighbour, internet], [80, 443, 8080, 8081])).toEqual([
      'full -> address:8081',
      'full -> stub:8080',
    ]);
  });

  test('the gateway reaches the entrance and no other service', () => {
    const gateway: Party = { name: 'gateway', namespace: 'edge', labels: { app: 'proxy' } };
    expect(allowed(objects, [gateway], pods, [3000, 3001, metricsPort])).toEqual(['gateway -> full:3000']);
  });
});
