import { readFile } from 'node:fs/promises';
import { ApiObject, JsonPatch } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService, systemOf } from '../../test/declarations.ts';
import { adds, patch } from '../../test/extensions.ts';
import { objectNamed, objectsOf } from '../../test/objects.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { cpu, defineService, type Service } from '../model/index.ts';
import { environments, systems } from '../systems/index.ts';
import type { Extension, ExtensionContext } from './extension.ts';
import { renderPlatform } from './platform.ts';
import { renderedCheckNames } from './rendered-checks.ts';

const scaled = defineService({
  contract: contractNamed('minimal'),
  owner: 'team',
  description: 'Is scaled.',
  scaling: cpu({ min: 2, max: 4, cpu: 50 }),
}) as Service;

const propsWith = (minimal: Extension, service: Service = scaled) => ({
  // A DaemonSet has as many pods as the cluster has nodes, so no quota follows from it.
  environment: environmentWith({ quotas: { shop: 'none' } }),
  systems: [systemOf(service)],
  extensions: { minimal },
});

/** What an extension is refused for. */
const problems = (extension: Extension) => problemsOf(() => renderPlatform(propsWith(extension)));

const deployment = (...patches: JsonPatch[]) => patch('Deployment', ...patches);

const { add, remove, replace } = JsonPatch;
const pod = '/spec/template/spec';
const container = `${pod}/containers/0`;
const hpa = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'second' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'minimal' }, maxReplicas: 5, metrics: [] },
};

const containerShare = (name: string) => ({
  type: 'ContainerResource',
  containerResource: { name: 'cpu', container: name, target: { type: 'Utilization', averageUtilization: 50 } },
});

/** A pod as it may be. */
const goodPod = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'store',
      image: 'registry.example.com/store@sha256:'.padEnd(98, '0'),
      ports: [{ name: 'db', containerPort: 5432 }],
      resources: { limits: { memory: '64Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    },
  ],
};
const labels = { app: 'store' };
const badPod = { ...goodPod, containers: [{ ...goodPod.containers[0], image: 'store:latest' }] };
const statefulSet = (spec: object, template = labels) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'store' },
  spec: { serviceName: 'store', selector: { matchLabels: labels }, template: { metadata: { labels: template }, spec } },
});
const job = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'store' },
  spec: { template: { metadata: { labels }, spec } },
});
const monitor = (kind: string, spec: object, release = 'kps') => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind,
  metadata: { name: 'other', labels: { release } },
  spec,
});

describe('stops the synth', () => {
  test.each<[what: string, check: string, extension: Extension, problem: string]>([
    [
      'replicas beside an autoscaler',
      'replicas',
      deployment(add('/spec/replicas', 3)),
      '10-shop.minimal.k8s.yaml Deployment minimal spec.replicas: got 3; allowed: nothing: HorizontalPodAutoscaler minimal writes it, and each kubectl apply would throw it back; fix: delete it, and set the limits by scaling in the declaration',
    ],
    [
      'a second autoscaler',
      'autoscaler',
      adds(hpa),
      '10-shop.minimal.k8s.yaml HorizontalPodAutoscaler second spec.scaleTargetRef: got "Deployment minimal"; allowed: a workload that HorizontalPodAutoscaler minimal does not scale already; fix: delete one of the two: each would overwrite what the other sets',
    ],
    [
      'a ScaledObject beside an autoscaler',
      'autoscaler',
      adds({
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { name: 'second' },
        spec: { scaleTargetRef: { name: 'minimal' } },
      }),
      '90-shop.minimal.k8s.yaml ScaledObject second spec.scaleTargetRef: got "Deployment minimal"; allowed: a workload that HorizontalPodAutoscaler minimal does not scale already; fix: delete one of the two',
    ],
    [
      'an autoscaler with its limits the wrong way round',
      'autoscaler',
      patch('HorizontalPodAutoscaler', replace('/spec/minReplicas', 5)),
      'HorizontalPodAutoscaler minimal spec.maxReplicas: got 4; allowed: at least spec.minReplicas, which is 5; fix: raise it, or lower the other',
    ],
    [
      'an autoscaler by a container that requests nothing',
      'autoscaler',
      (context) => {
        deployment(remove(`${container}/resources/requests/cpu`))(context);
        patch('HorizontalPodAutoscaler', replace('/spec/metrics', [containerShare('minimal')]))(context);
      },
      'HorizontalPodAutoscaler minimal spec.metrics[0].containerResource: got "cpu"; allowed: a resource that container minimal of Deployment minimal requests; minimal does not; fix: set spec.template.spec.containers[0].resources.requests.cpu there',
    ],
    [
      'an autoscaler by a container that is not there',
      'autoscaler',
      patch('HorizontalPodAutoscaler', replace('/spec/metrics', [containerShare('main')])),
      'HorizontalPodAutoscaler minimal spec.metrics[0].containerResource: got "main"; allowed: a container of Deployment minimal; fix: correct the name',
    ],
    [
      'an autoscaler of nothing',
      'autoscaler',
      patch('HorizontalPodAutoscaler', replace('/spec/scaleTargetRef/name', 'minimall')),
      'HorizontalPodAutoscaler minimal spec.scaleTargetRef: got "Deployment minimall"; allowed: a workload of its namespace; fix: correct the name',
    ],
    [
      'an autoscaler by a share of what is not requested',
      'autoscaler',
      deployment(remove(`${container}/resources/requests/cpu`)),
      'HorizontalPodAutoscaler minimal spec.metrics[0].resource: got "cpu"; allowed: a resource that each container of Deployment minimal requests; minimal does not; fix: set spec.template.spec.containers[0].resources.requests.cpu there',
    ],
    [
      'a probe of a path that the kit does not serve',
      'probe',
      deployment(replace(`${container}/readinessProbe/httpGet/path`, '/ready')),
      'Deployment minimal spec.template.spec.containers[0].readinessProbe.httpGet.path: got "/ready"; allowed: a path that minimal serves: /healthz | /readyz | /openapi.json | /items; fix: ask /healthz whether it is alive, and /readyz whether it may get requests',
    ],
    [
      'a probe of a port that the container has not',
      'probe',
      deployment(replace(`${container}/livenessProbe/httpGet/port`, 'web')),
      'containers[0].livenessProbe.httpGet.port: got "web"; allowed: a port of the container: http (3000), metrics (9464); fix: correct it, or declare the port on the container',
    ],
    [
      'a probe of the metrics',
      'probe',
      deployment(replace(`${container}/livenessProbe/httpGet/port`, 'metrics')),
      'containers[0].livenessProbe.httpGet.port: got "metrics"; allowed: the port of minimal: 3000; fix: leave it',
    ],
    [
      'no probe',
      'probe',
      deployment(remove(`${container}/startupProbe`)),
      'containers[0].startupProbe: got nothing; allowed: a probe; fix: leave it as the workload sets it',
    ],
    [
      'a Service that selects no pod',
      'selector',
      patch('Service', replace('/spec/selector', { app: 'minimal' })),
      'Service minimal spec.selector: got {"app":"minimal"}; allowed: labels of its namespace\'s pods; fix: take labels of the pods\' template, or give the template these',
    ],
    [
      'a Service without a selector',
      'selector',
      patch('Service', remove('/spec/selector')),
      "Service minimal spec.selector: got nothing; allowed: labels of its namespace's pods",
    ],
    [
      'a budget that selects no pod',
      'selector',
      patch('PodDisruptionBudget', replace('/spec/selector/matchLabels', { app: 'minimal' })),
      'PodDisruptionBudget minimal spec.selector: got {"app":"minimal"}; allowed: labels of its',
    ],
    [
      'a policy that selects no pod',
      'selector',
      patch('NetworkPolicy', replace('/spec/podSelector/matchLabels', { app: 'minimal' })),
      'NetworkPolicy minimal spec.podSelector: got {"app":"minimal"}; allowed: labels of its',
    ],
    [
      'a policy whose expression selects no pod',
      'selector',
      patch(
        'NetworkPolicy',
        replace('/spec/podSelector', { matchExpressions: [{ key: 'app', operator: 'In', values: ['a'] }] }),
      ),
      'NetworkPolicy minimal spec.podSelector: got {"matchExpressions":[{"key":"app","operator":"In","values":["a"]}]}; allowed: labels of its',
    ],
    [
      'a Service port with no container port',
      'service-port',
      deployment(replace(`${container}/ports/1/name`, 'prom')),
      'Service minimal spec.ports[1].targetPort: got "metrics"; allowed: a port of its pods: http (3000), prom (9464); fix: correct it, or declare the port on the container',
    ],
    [
      'a Service port of another protocol than the container port',
      'service-port',
      patch('Service', replace('/spec/ports/0/protocol', 'UDP')),
      'Service minimal spec.ports[0].targetPort: got "http"; allowed: a port of its pods: http (3000), metrics (9464)',
    ],
    [
      'a ServiceMonitor that selects no Service',
      'monitor',
      patch('ServiceMonitor', replace('/spec/selector/matchLabels', { app: 'minimal' })),
      '90-shop.minimal.k8s.yaml ServiceMonitor minimal spec.selector: got {"app":"minimal"}; allowed: labels of a Service in the namespaces that it looks in; fix: correct the labels, or its namespaceSelector',
    ],
    [
      'a ServiceMonitor that looks in another namespace',
      'monitor',
      patch('ServiceMonitor', add('/spec/namespaceSelector', { matchNames: ['elsewhere'] })),
      'ServiceMonitor minimal spec.selector: got {"app.kubernetes.io/name":"minimal"}; allowed: labels of a Service',
    ],
    [
      'a ServiceMonitor of a port that the Service has not',
      'monitor',
      patch('ServiceMonitor', replace('/spec/endpoints/0/port', 'prom')),
      'ServiceMonitor minimal spec.endpoints[0].port: got "prom"; allowed: a port of its Services: http, metrics; fix: correct the name',
    ],
    [
      'a ServiceMonitor of a target port that no pod has',
      'monitor',
      patch('ServiceMonitor', remove('/spec/endpoints/0/port'), add('/spec/endpoints/0/targetPort', 9000)),
      'ServiceMonitor minimal spec.endpoints[0].targetPort: got 9000; allowed: a port of its pods: http (3000), metrics (9464)',
    ],
    [
      'a ServiceMonitor that Prometheus does not see',
      'monitor',
      patch('ServiceMonitor', remove('/metadata/labels/release')),
      'ServiceMonitor minimal metadata.labels.release: got nothing; allowed: kps, by which Prometheus finds it; fix: set it from environment.monitoring.release',
    ],
    [
      'a PodMonitor that selects no pod',
      'monitor',
      adds(monitor('PodMonitor', { selector: { matchLabels: { app: 'a' } }, podMetricsEndpoints: [] })),
      'PodMonitor other spec.selector: got {"app":"a"}; allowed: labels of a pod in the namespaces that it looks in',
    ],
    [
      'a PodMonitor of a port that no pod has',
      'monitor',
      adds(monitor('PodMonitor', { selector: {}, podMetricsEndpoints: [{ port: 'prom' }] })),
      'PodMonitor other spec.podMetricsEndpoints[0].port: got "prom"; allowed: a port of its pods: http (3000), metrics (9464)',
    ],
    [
      'a PrometheusRule that Prometheus does not see',
      'monitor',
      adds(monitor('PrometheusRule', { groups: [] }, 'other')),
      'PrometheusRule other metadata.labels.release: got "other"; allowed: kps, by which Prometheus finds it',
    ],
    [
      'a privileged container',
      'privileged',
      deployment(replace(`${container}/securityContext/privileged`, true)),
      'Deployment minimal spec.template.spec.containers[0].securityContext.privileged: got true; allowed: false; fix: leave it as the workload sets it: the namespace admits only pods of the level "restricted"',
    ],
    [
      'a container that may gain privileges',
      'privileged',
      deployment(remove(`${container}/securityContext/allowPrivilegeEscalation`)),
      'containers[0].securityContext.allowPrivilegeEscalation: got nothing; allowed: false; fix: ',
    ],
    [
      'a container that keeps capabilities',
      'privileged',
      deployment(remove(`${container}/securityContext/capabilities`)),
      'containers[0].securityContext.capabilities.drop: got nothing; allowed: ["ALL"]; fix: ',
    ],
    [
      'a container that adds capabilities',
      'privileged',
      deployment(add(`${container}/securityContext/capabilities/add`, ['NET_BIND_SERVICE', 'NET_ADMIN'])),
      'containers[0].securityContext.capabilities.add: got ["NET_BIND_SERVICE","NET_ADMIN"]; allowed: nothing, or ["NET_BIND_SERVICE"]; fix: ',
    ],
    [
      'a container that sees /proc',
      'privileged',
      deployment(add(`${container}/securityContext/procMount`, 'Unmasked')),
      'containers[0].securityContext.procMount: got "Unmasked"; allowed: nothing, or "Default"; fix: ',
    ],
    [
      'kernel settings',
      'privileged',
      deployment(add(`${pod}/securityContext/sysctls`, [{ name: 'kernel.msgmax', value: '1' }])),
      'spec.template.spec.securityContext.sysctls: got ["kernel.msgmax"]; allowed: nothing; fix: ',
    ],
    [
      'a container that may be root',
      'root',
      deployment(replace(`${container}/securityContext/runAsNonRoot`, false)),
      'containers[0].securityContext.runAsNonRoot: got false; allowed: true, here or on the pod; fix: ',
    ],
    [
      'a container that is root',
      'root',
      deployment(add(`${container}/securityContext/runAsUser`, 0)),
      'containers[0].securityContext.runAsUser: got 0; allowed: any user but 0; fix: name a user',
    ],
    [
      'a pod that is root',
      'root',
      deployment(replace(`${pod}/securityContext/runAsUser`, 0)),
      'spec.template.spec.securityContext.runAsUser: got 0; allowed: any user but 0; fix: name a user',
    ],
    [
      'no seccomp profile',
      'seccomp',
      deployment(
        remove(`${container}/securityContext/seccompProfile`),
        remove(`${pod}/securityContext/seccompProfile`),
      ),
      'containers[0].securityContext.seccompProfile.type: got nothing; allowed: "RuntimeDefault" or "Localhost", here or on the pod; fix: ',
    ],
    [
      'a writable root file system',
      'writable-root',
      deployment(remove(`${container}/securityContext/readOnlyRootFilesystem`)),
      'containers[0].securityContext.readOnlyRootFilesystem: got nothing; allowed: true; fix: mount a volume where it writes',
    ],
    [
      "the node's network",
      'host',
      deployment(add(`${pod}/hostNetwork`, true)),
      'spec.template.spec.hostNetwork: got true; allowed: false; fix: delete it',
    ],
    [
      "the node's processes",
      'host',
      deployment(add(`${pod}/hostPID`, true)),
      'spec.template.spec.hostPID: got true; allowed: false; fix: delete it',
    ],
    [
      "a folder of the node's",
      'host',
      deployment(add(`${pod}/volumes/1`, { name: 'etc', hostPath: { path: '/etc' } })),
      'spec.template.spec.volumes: got ["emptyDir","hostPath"]; allowed: configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected, secret; fix: delete it',
    ],
    [
      "a port of the node's",
      'host',
      deployment(add(`${container}/ports/0/hostPort`, 3000)),
      'containers[0].ports: got [3000]; allowed: no hostPort; fix: reach it by a Service',
    ],
    [
      'no memory limit',
      'memory-limit',
      deployment(remove(`${container}/resources/limits/memory`)),
      'containers[0].resources.limits.memory: got nothing; allowed: an amount such as "256Mi"; fix: set one',
    ],
    [
      'a token of the API server',
      'token',
      deployment(replace(`${pod}/automountServiceAccountToken`, true)),
      'spec.template.spec.automountServiceAccountToken: got true; allowed: false; fix: set it: whoever breaks into the pod could else speak to the API server',
    ],
    ...['store:latest', 'store', 'registry.example.com:5000/store'].map(
      (image): [string, string, Extension, string] => [
        `the image ${image}`,
        'image-tag',
        deployment(replace(`${container}/image`, image)),
        `containers[0].image: got "${image}"; allowed: an image with a digest, or a tag other than latest; fix: name the version`,
      ],
    ),
    ...['StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind): [string, string, Extension, string] => [
      `in a ${kind} of its own`,
      'image-tag',
      adds({ ...statefulSet(badPod), kind }),
      `10-shop.minimal.k8s.yaml ${kind} store spec.template.spec.containers[0].image: got "store:latest"; allowed: `,
    ]),
    [
      'in a Job',
      'image-tag',
      adds(job(badPod)),
      '10-shop.minimal.k8s.yaml Job store spec.template.spec.containers[0].image: got "store:latest"; allowed: ',
    ],
    [
      'in a CronJob',
      'image-tag',
      adds({ ...job({}), kind: 'CronJob', spec: { schedule: '@daily', jobTemplate: { spec: job(badPod).spec } } }),
      'CronJob store spec.jobTemplate.spec.template.spec.containers[0].image: got "store:latest"; allowed: ',
    ],
    [
      'in a Pod',
      'image-tag',
      adds({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'store' }, spec: badPod }),
      'Pod store spec.containers[0].image: got "store:latest"; allowed: ',
    ],
    [
      'in an init container',
      'image-tag',
      deployment(add(`${pod}/initContainers`, badPod.containers)),
      'Deployment minimal spec.template.spec.initContainers[0].image: got "store:latest"; allowed: ',
    ],
    [
      'a workload that does not select its own pods',
      'selector',
      adds(statefulSet(goodPod, { app: 'stores' })),
      'StatefulSet store spec.selector: got {"app":"store"}; allowed: labels of its own pods; fix: leave the labels',
    ],
  ])('%s', (_, check, extension, problem) => {
    const found = problems(extension);
    expect(found).toEqual([expect.stringContaining(problem)]);
    expect(found[0]).toMatch(/^[19]0-shop\.minimal\.k8s\.yaml /);
    expect(found[0]).toMatch(
      new RegExp(`; or, if it must be, annotate the object with trellis\\.dev/exempt-${check}: "<reason>"$`),
    );
    const exempt = problems((context) => {
      extension(context);
      annotate(context, found[0]?.split(' ')[1], found[0]?.split(' ')[2], check, 'It has to.');
    });
    expect(exempt).toEqual([]);
  });

  test('a changed pod label, where it is and where it is missed', () => {
    const renamed = deployment(replace('/spec/template/metadata/labels/app.kubernetes.io~1name', 'other'));
    expect(problems(renamed).map((each) => each.split(':')[0])).toEqual([
      '10-shop.minimal.k8s.yaml Deployment minimal spec.selector',
      '10-shop.minimal.k8s.yaml Service minimal spec.selector',
      '10-shop.minimal.k8s.yaml PodDisruptionBudget minimal spec.selector',
      '10-shop.minimal.k8s.yaml NetworkPolicy minimal spec.podSelector',
    ]);
  });
});

/** Gives the object of a kind and a name an exemption. */
function annotate({ chart }: ExtensionContext, kind = '', name = '', check = '', reason = ''): void {
  const objects = chart.node.findAll().filter((each) => ApiObject.isApiObject(each));
  const found = objects.filter((each) => each.kind === kind && each.name === name);
  expect(found).toHaveLength(1);
  found[0]?.metadata.addAnnotation(`trellis.dev/exempt-${check}`, reason);
}

describe('an exemption', () => {
  const path = '10-shop.minimal.k8s.yaml Deployment minimal metadata.annotations.trellis.dev/exempt-';
  const replicas = (check: string, reason: string) =>
    problems((context) => {
      deployment(add('/spec/replicas', 3))(context);
      annotate(context, 'Deployment', 'minimal', check, reason);
    });

  test.each(['', ' '])('needs a reason: "%s"', (reason) => {
    expect(replicas('replicas', reason)).toEqual([
      `${path}replicas: got "${reason}"; allowed: a reason; fix: write why the object must be so`,
    ]);
  });

  test('from what the object does not do is an error', () => {
    const problem = problems((context) => {
      annotate(context, 'Deployment', 'minimal', 'replicas', 'Once needed.');
    });
    expect(problem).toEqual([
      `${path}replicas: got "Once needed."; allowed: an exemption from what the object does; fix: delete it: the object needs it no more`,
    ]);
  });

  test('from no check is an error, and so is what it was meant for', () => {
    expect(replicas('replica', 'Misspelt.')).toEqual([
      expect.stringContaining('Deployment minimal spec.replicas: got 3'),
      `${path}replica: got "replica"; allowed: ${renderedCheckNames.map((name) => `trellis.dev/exempt-${name}`).join(', ')}; fix: correct the name, or delete it`,
    ]);
  });

  test('from one check leaves the others', () => {
    const both = problems((context) => {
      deployment(add('/spec/replicas', 3), add(`${pod}/hostNetwork`, true))(context);
      annotate(context, 'Deployment', 'minimal', 'replicas', 'It has to.');
    });
    expect(both).toEqual([expect.stringContaining('spec.hostNetwork: got true')]);
  });
});

test('every check is in the README of the extensions', async () => {
  const readme = await readFile(new URL('./extensions/README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(renderedCheckNames);
});

describe('leaves alone', () => {
  test.each<[what: string, extension: Extension]>([
    ['a store with all that belongs to it', adds(statefulSet(goodPod), service('store', labels, 'db'))],
    [
      'a Job that nobody probes',
      adds(job({ ...goodPod, containers: [{ ...goodPod.containers[0], name: 'minimal' }] })),
    ],
    [
      'a name for a host elsewhere',
      adds({ ...service('far', {}, 1), spec: { type: 'ExternalName', externalName: 'a.b' } }),
    ],
    ['a policy for all pods of a namespace', adds(policy({}))],
    [
      'a policy by expression',
      adds(policy({ matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'Exists' }] })),
    ],
    ['an autoscaler of another kind', adds({ ...hpa, spec: { scaleTargetRef: { kind: 'Rollout', name: 'minimal' } } })],
    [
      'an autoscaler by a container that requests what it counts, beside one that does not',
      (context) => {
        deployment(add(`${pod}/containers/-`, goodPod.containers[0]))(context);
        patch('HorizontalPodAutoscaler', replace('/spec/metrics', [containerShare('minimal')]))(context);
      },
    ],
    ['a probe of a route', deployment(replace(`${container}/readinessProbe/httpGet/path`, '/items?limit=1'))],
    ['a pod whose account has no token', deployment(remove(`${pod}/automountServiceAccountToken`))],
    [
      'a Service of a kind of somebody else',
      adds({ ...service('other', {}, 1), apiVersion: 'serving.knative.dev/v1' }),
    ],
    [
      'a monitor of all namespaces',
      adds(
        monitor('ServiceMonitor', { selector: {}, namespaceSelector: { any: true }, endpoints: [{ port: 'metrics' }] }),
      ),
    ],
    ['a monitor of pods', adds(monitor('PodMonitor', { selector: {}, podMetricsEndpoints: [{ portNumber: 9464 }] }))],
  ])('%s', (_, extension) => {
    expect(problems(extension)).toEqual([]);
  });

  test('replicas of what nothing scales', () => {
    const extension = deployment(replace('/spec/replicas', 3));
    const objects = objectsOf(propsWith(extension, minimalService()));
    expect(objectNamed(objects, 'Deployment', 'minimal').spec.replicas).toBe(3);
  });

  test.each(Object.values(environments))('all that is shipped, in $name, without any exemption', (environment) => {
    const objects = objectsOf({ environment, systems });
    const annotations = objects.flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}));
    expect(annotations.filter((key) => key.startsWith('trellis.dev/exempt-'))).toEqual([]);
  });
});

function service(name: string, selector: Record<string, string>, targetPort: string | number) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector, ports: [{ port: 5432, targetPort }] },
  };
}

function policy(podSelector: object) {
  const metadata = { name: 'other' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { podSelector } };
}

describe('pods that an operator makes of our objects', () => {
  const cluster = (labels: Record<string, string>) =>
    adds(
      { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: { name: 'postgres' }, spec: {} },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'other' },
        spec: { podSelector: { matchLabels: labels } },
      },
    );

  test('are found by the labels that they get', () => {
    expect(problems(cluster({ 'cnpg.io/cluster': 'postgres', 'cnpg.io/podRole': 'instance' }))).toEqual([]);
  });

  test('and by no others', () => {
    expect(problems(cluster({ 'cnpg.io/cluster': 'postgers' }))).toEqual([
      expect.stringContaining('NetworkPolicy other spec.podSelector: got {"cnpg.io/cluster":"postgers"}'),
    ]);
    expect(problems(cluster({ 'cnpg.io/poolerName': 'postgres-pooler' }))).toHaveLength(1);
  });

  test('a PodMonitor finds their metrics by the name of the port', () => {
    const monitoring = (port: string) =>
      adds(
        { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Pooler', metadata: { name: 'postgres-pooler' }, spec: {} },
        {
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'PodMonitor',
          metadata: { name: 'other', labels: { release: 'kps' } },
          spec: {
            selector: { matchLabels: { 'cnpg.io/poolerName': 'postgres-pooler' } },
            podMetricsEndpoints: [{ port }],
          },
        },
      );
    expect(problems(monitoring('metrics'))).toEqual([]);
    expect(problems(monitoring('prom'))).toEqual([
      expect.stringContaining('allowed: a port of its pods: metrics (9127)'),
    ]);
  });
});
