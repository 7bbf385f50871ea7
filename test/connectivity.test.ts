import { describe, expect, test } from 'vitest';
import { gatewayPorts } from '../src/charts/gateway/gateway-listeners.ts';
import { gatewayName } from '../src/charts/identity.ts';
import {
  cloudNativePg,
  type Environment,
  hasGateway,
  metricsPort,
  outsideBuckets,
  outsideStore,
  type StoreKind,
  type System,
  sleepersBehindGateway,
} from '../src/model/index.ts';
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

function calls(system: System): string[] {
  return system.services.flatMap((service) =>
    service.calls.map(({ contract }) => edge(service, contract, contract.port)),
  );
}

/** Where the stores that run in the cluster answer. */
const stores: Record<StoreKind, { name: string; port: number }> = {
  database: { name: 'postgres', port: 5432 },
  keyValue: { name: 'redis', port: 6379 },
  objects: { name: 'objects', port: 7070 },
};
const storePorts = Object.values(stores).map(({ port }) => port);

/** Where else the pods of CloudNativePG answer. */
const status = 8000;
const instanceMetrics = 9187;
const poolerMetrics = 9127;

/** What a cluster of CloudNativePG lets through: services to its pooler alone, the pooler to its servers, and these among themselves. */
function clusterEdges(users: readonly { name: string }[]): string[] {
  const [server, join, pooler] = ['postgres', 'postgres-join', 'postgres-pooler'].map((name) => ({ name })) as [
    { name: string },
    { name: string },
    { name: string },
  ];
  const among = [stores.database.port, status].flatMap((port) => [edge(server, join, port), edge(join, server, port)]);
  return [
    ...users.map((user) => edge(user, pooler, stores.database.port)),
    ...[server, join].map((to) => edge(pooler, to, stores.database.port)),
    ...among,
  ];
}

/** What the services keep, and the helper that sets the roles of a database up, of stores in the cluster. */
function uses(environment: Environment, system: System): string[] {
  const kinds = (Object.keys(stores) as StoreKind[]).filter(
    (kind) => environment.stores[kind] && environment.stores[kind].kind !== 'outside',
  );
  return kinds.flatMap((kind) => {
    const users = system.services.filter((service) => service.uses[kind]);
    if (environment.stores[kind]?.kind === 'cloudnative-pg') return users.length > 0 ? clusterEdges(users) : [];
    const helpers = kind === 'database' && users.length > 0 ? [{ name: 'postgres-roles' }] : [];
    return [...users, ...helpers].map((user) => edge(user, stores[kind], stores[kind].port));
  });
}

describe.each(Object.values(environments))('environment $name', (environment) => {
  const objects = objectsOf({ environment, systems });
  const pods = podsOf(objects);
  const { namespace, labels } = environment.monitoring.prometheus;
  const prometheus: Party = { name: 'prometheus', namespace, labels: labels ?? {} };
  const ports = [
    ...new Set([
      ...systems.flatMap((system) => system.services.map((service) => service.contract.port)),
      ...storePorts,
      ...Object.values(gatewayPorts),
      ...[metricsPort, status, instanceMetrics, poolerMetrics],
    ]),
  ];

  test('services reach exactly the services that they declare to call, and the stores that they use; a gateway those that expose something', () => {
    expect(allowed(objects, pods, pods, ports)).toEqual(
      systems
        .flatMap((system) => [...calls(system), ...uses(environment, system), ...behindGateway(environment, system)])
        .toSorted(),
    );
  });

  test('Prometheus reaches the metrics of every service and of what an operator runs, and nothing else', () => {
    const nodePorts = systems.flatMap(openAtNodePort(environment));
    const ofOperator = pods.flatMap((pod) => {
      if (pod.labels?.['cnpg.io/cluster'] === undefined) return [];
      return [edge(prometheus, pod, pod.labels['cnpg.io/poolerName'] ? poolerMetrics : instanceMetrics)];
    });
    const expected = [
      ...systems.flatMap(({ services }) => services.map((each) => edge(prometheus, each, metricsPort))),
      ...ofOperator,
      // Where a gateway waits for a service, what says how many wait is in its pods.
      ...systems
        .filter((system) => hasGateway(environment, system) && sleepersBehindGateway(environment, system).length > 0)
        .map(() => edge(prometheus, { name: gatewayName }, metricsPort)),
    ];
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

  test('from outside only the gateway of a system is reached, where it has one', () => {
    const controllers = environment.exposure
      .flatMap((each) => ('controllers' in each ? each.controllers : []))
      .map((each, index): Party => ({ name: `controller ${index}`, labels: {}, ...each }));
    const expected = controllers.flatMap((controller) =>
      systems.flatMap((system) => {
        const reached = environment.gateways[system.name]
          ? [{ name: 'gateway', port: gatewayPorts.controllers }]
          : entered(system).map(({ name, contract }) => ({ name, port: contract.port }));
        return [...reached, ...openAtNodePort(environment)(system)].map((each) => edge(controller, each, each.port));
      }),
    );
    expect(allowed(objects, controllers, pods, ports)).toEqual([...new Set(expected)].toSorted());
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

/** The services of a system that its entrances lead to. */
function entered({ entrances }: System) {
  return [...new Set(entrances.flatMap(({ services }) => services))];
}

function behindGateway(environment: Environment, system: System): string[] {
  if (!environment.gateways[system.name]) return [];
  return entered(system).map((service) => edge({ name: 'gateway' }, service, service.contract.port));
}

function openAtNodePort(environment: Environment) {
  return ({ name: system, entrances }: System) => {
    if (!environment.exposure.some((each) => each.kind === 'nodePort')) return [];
    return entrances.flatMap(({ nodePort, services }, index) => {
      if (nodePort === undefined) return [];
      if (environment.gateways[system]) return [{ name: 'gateway', port: gatewayPorts.firstNodePort + index }];
      return services.map(({ name, contract }) => ({ name, port: contract.port }));
    });
  };
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

describe('stores in the cluster', () => {
  const { service, callee } = fullService();
  const objects = objectsOf({ environment: environmentWith(), systems: [systemOf(service, callee)] });
  const pods = podsOf(objects);

  test('are reached by those who use them, and by no other service', () => {
    expect(allowed(objects, pods, pods, storePorts)).toEqual([
      'full -> objects:7070',
      'full -> postgres:5432',
      'full -> redis:6379',
      'postgres-roles -> postgres:5432',
    ]);
  });

  test('reach nobody: no service, no node and not the internet', () => {
    const storePods = pods.filter(({ name }) => Object.values(stores).some((store) => store.name === name));
    expect(storePods).toHaveLength(3);
    const others = [...pods, stranger, internet, metadataService, node];
    expect(allowed(objects, storePods, others, [53, 80, 443, 3000, 3001, ...storePorts])).toEqual([]);
  });

  test('are not reached by users of the same name elsewhere', () => {
    const twin: Party = { name: 'full', namespace: 'elsewhere', labels: { 'app.kubernetes.io/name': 'full' } };
    expect(allowed(objects, [twin], pods, storePorts)).toEqual([]);
  });
});

describe('a cluster of CloudNativePG', () => {
  const { service, callee } = fullService();
  const objectsWith = (pooler: { instances: number }) =>
    objectsOf({
      environment: environmentWith({
        stores: {
          ...environmentWith().stores,
          database: cloudNativePg({
            pooler,
            backups: { to: 'https://s3.example.com/copies', at: { networks: ['10.20.0.0/16'], port: 443 } },
            api: { networks: ['10.10.0.0/28'], port: 6443 },
          }),
        },
      }),
      systems: [systemOf(service, callee)],
    });
  const objects = objectsWith({ instances: 2 });
  const pods = podsOf(objects).filter(({ labels }) => labels?.['cnpg.io/cluster']);
  const operator: Party = {
    name: 'operator',
    namespace: 'cnpg-system',
    labels: { 'app.kubernetes.io/name': 'cloudnative-pg' },
  };
  const bucket: Party = { name: 'bucket', address: '10.20.0.7' };
  const api: Party = { name: 'api', address: '10.10.0.3' };
  const ports = [53, 80, 443, 5432, 6443, status, instanceMetrics, poolerMetrics];

  test('is looked at by the operator, and by no other pod of its namespace', () => {
    const beside: Party = { name: 'beside', namespace: 'cnpg-system', labels: { app: 'else' } };
    expect(allowed(objects, [operator, beside], pods, ports)).toEqual([
      'operator -> postgres-join:5432',
      'operator -> postgres-join:8000',
      'operator -> postgres:5432',
      'operator -> postgres:8000',
    ]);
  });

  test('reaches the API server and, from its servers alone, the bucket; nothing else outside', () => {
    expect(allowed(objects, pods, [api, bucket, operator, internet, metadataService, node], ports)).toEqual([
      'postgres -> api:6443',
      'postgres -> bucket:443',
      'postgres-join -> api:6443',
      'postgres-join -> bucket:443',
      'postgres-pooler -> api:6443',
    ]);
  });

  test('without a pooler is reached by its users themselves', () => {
    const direct = objectsWith({ instances: 0 });
    const services = podsOf(direct).filter(({ labels }) => !labels?.['cnpg.io/cluster']);
    const [server] = podsOf(direct).filter(({ name }) => name === 'postgres');
    expect(podsOf(direct).map(({ name }) => name)).not.toContain('postgres-pooler');
    expect(allowed(direct, services, server ? [server] : [], ports)).toEqual(['full -> postgres:5432']);
  });
});

describe('stores outside', () => {
  const { service, callee } = fullService();
  const objects = objectsOf({
    environment: environmentWith({
      stores: {
        database: outsideStore({ networks: ['10.20.0.0/16', '10.30.1.1/32'], port: 5432 }),
        keyValue: outsideStore({ namespace: 'data', labels: { app: 'valkey' }, port: 6380 }),
        objects: outsideBuckets({
          at: { networks: ['0.0.0.0/0'], port: 443 },
          buckets: { shop: { full: 'https://s3.example.com/full' } },
        }),
      },
      overrides: {
        shop: { full: { outside: { maps: 'http://192.168.7.7:8081', weather: 'http://192.168.7.7:8081' } } },
      },
    }),
    systems: [systemOf(service, callee)],
  });
  const pods = podsOf(objects);

  test('no pods of them run here', () => {
    expect(pods.map(({ name }) => name)).toEqual(['callee', 'full']);
  });

  test('are reached in their networks and pods alone, at their ports', () => {
    const valkey: Party = { name: 'valkey', namespace: 'data', labels: { app: 'valkey' } };
    const beside: Party = { name: 'beside', namespace: 'data', labels: { app: 'else' } };
    const addresses = ['10.20.3.4', '10.21.0.1', '10.30.1.1', '10.30.1.2'].map((address) => ({
      name: address,
      address,
    }));
    expect(allowed(objects, pods, [valkey, beside, ...addresses], [5432, 6379, 6380])).toEqual([
      'full -> 10.20.3.4:5432',
      'full -> 10.30.1.1:5432',
      'full -> valkey:6380',
    ]);
  });

  test('a bucket on the internet opens the internet, and nothing that is private', () => {
    expect(allowed(objects, pods, [internet, metadataService, node], [80, 443])).toEqual(['full -> internet:443']);
  });
});
