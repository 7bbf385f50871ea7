import type { RenderedCheck } from './rendered-check.ts';
import type { Container, Pod, RenderedCluster, Workload } from './rendered-cluster.ts';

/** A rule for one field of every container. */
interface ContainerRule {
  readonly check: string;
  /** The field, as an error names it. */
  readonly at: string;
  readonly value: (container: Container, pod: Pod) => unknown;
  readonly isAllowed: (value: unknown) => boolean;
  readonly allowed: string;
  readonly fix: string;
}

/** A rule for one field of every pod. */
interface PodRule extends Omit<ContainerRule, 'value'> {
  readonly value: (pod: Pod, workload: Workload, cluster: RenderedCluster) => unknown;
}

const isNot = (refused: unknown) => (value: unknown) => value !== refused;
const isOneOf =
  (...allowed: readonly unknown[]) =>
  (value: unknown) =>
    allowed.includes(value);
const are = (isAllowed: (value: unknown) => boolean) => (values: unknown) =>
  !Array.isArray(values) || values.every(isAllowed);

const unprivileged = 'leave it as the workload sets it: the namespace admits only pods of the level "restricted"';

/**
 * What a container may be. All but `writable-root`, `memory-limit` and `image-tag` is the Pod Security level "restricted", which the namespace enforces, but
 * only once the pods are made: the Deployment is accepted, and no pod ever starts.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
const containerRules: readonly ContainerRule[] = [
  {
    check: 'privileged',
    at: 'securityContext.privileged',
    value: (container) => container.securityContext?.privileged,
    isAllowed: isNot(true),
    allowed: 'false',
    fix: unprivileged,
  },
  {
    check: 'privileged',
    at: 'securityContext.allowPrivilegeEscalation',
    value: (container) => container.securityContext?.allowPrivilegeEscalation,
    isAllowed: isOneOf(false),
    allowed: 'false',
    fix: unprivileged,
  },
  {
    check: 'privileged',
    at: 'securityContext.capabilities.drop',
    value: (container) => container.securityContext?.capabilities?.drop,
    isAllowed: (dropped) => Array.isArray(dropped) && dropped.includes('ALL'),
    allowed: '["ALL"]',
    fix: unprivileged,
  },
  {
    check: 'privileged',
    at: 'securityContext.capabilities.add',
    value: (container) => container.securityContext?.capabilities?.add,
    isAllowed: are(isOneOf('NET_BIND_SERVICE')),
    allowed: 'nothing, or ["NET_BIND_SERVICE"]',
    fix: unprivileged,
  },
  {
    check: 'privileged',
    at: 'securityContext.procMount',
    value: (container) => container.securityContext?.procMount,
    isAllowed: isOneOf(undefined, 'Default'),
    allowed: 'nothing, or "Default"',
    fix: unprivileged,
  },
  {
    check: 'root',
    at: 'securityContext.runAsNonRoot',
    value: (container, pod) => container.securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot,
    isAllowed: isOneOf(true),
    allowed: 'true, here or on the pod',
    fix: unprivileged,
  },
  {
    check: 'root',
    at: 'securityContext.runAsUser',
    value: (container) => container.securityContext?.runAsUser,
    isAllowed: isNot(0),
    allowed: 'any user but 0',
    fix: 'name a user that the image can run as',
  },
  {
    check: 'seccomp',
    at: 'securityContext.seccompProfile.type',
    value: (container, pod) =>
      container.securityContext?.seccompProfile?.type ?? pod.securityContext?.seccompProfile?.type,
    isAllowed: isOneOf('RuntimeDefault', 'Localhost'),
    allowed: '"RuntimeDefault" or "Localhost", here or on the pod',
    fix: unprivileged,
  },
  {
    check: 'host',
    at: 'ports',
    value: (container) => container.ports?.map((port) => port.hostPort ?? 0).filter((port) => port !== 0),
    isAllowed: (hostPorts) => !Array.isArray(hostPorts) || hostPorts.length === 0,
    allowed: 'no hostPort',
    fix: 'reach it by a Service',
  },
  {
    check: 'writable-root',
    at: 'securityContext.readOnlyRootFilesystem',
    value: (container) => container.securityContext?.readOnlyRootFilesystem,
    isAllowed: isOneOf(true),
    allowed: 'true',
    fix: 'mount a volume where it writes',
  },
  {
    check: 'memory-limit',
    at: 'resources.limits.memory',
    value: (container) => container.resources?.limits?.['memory'],
    isAllowed: isNot(undefined),
    allowed: 'an amount such as "256Mi"',
    fix: 'set one: without it a leak takes the memory of the whole node',
  },
  {
    check: 'image-tag',
    at: 'image',
    value: (container) => container.image,
    isAllowed: (image) => typeof image === 'string' && /(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/.test(image),
    allowed: 'an image with a digest, or a tag other than latest',
    fix: 'name the version: latest is another image tomorrow',
  },
];

/** The volumes of "restricted": none of the node's own folders. */
const volumeKinds = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const ofNode = 'delete it: what the pod shares with its node, it shares with every pod there';

const podRules: readonly PodRule[] = [
  ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).map(
    (at): PodRule => ({
      check: 'host',
      at,
      value: (pod) => pod[at],
      isAllowed: isNot(true),
      allowed: 'false',
      fix: ofNode,
    }),
  ),
  {
    check: 'host',
    at: 'volumes',
    value: (pod) => pod.volumes?.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name')),
    isAllowed: are(isOneOf(...volumeKinds)),
    allowed: volumeKinds.join(', '),
    fix: ofNode,
  },
  {
    check: 'root',
    at: 'securityContext.runAsUser',
    value: (pod) => pod.securityContext?.runAsUser,
    isAllowed: isNot(0),
    allowed: 'any user but 0',
    fix: 'name a user that the images can run as',
  },
  {
    check: 'privileged',
    at: 'securityContext.sysctls',
    value: (pod) => pod.securityContext?.sysctls?.map(({ name }) => name),
    isAllowed: are(() => false),
    allowed: 'nothing',
    fix: unprivileged,
  },
  {
    check: 'token',
    at: 'automountServiceAccountToken',
    // The pod's own word counts; without it, its account's.
    value: (pod, { object: { metadata } }, cluster) =>
      pod.automountServiceAccountToken ??
      cluster
        .all('/ServiceAccount')
        .find(
          (account) =>
            account.metadata.name === pod.serviceAccountName && account.metadata.namespace === metadata.namespace,
        )?.automountServiceAccountToken,
    isAllowed: isOneOf(false),
    allowed: 'false',
    fix: 'set it: whoever breaks into the pod could else speak to the API server',
  },
];

/** What holds for every pod by itself. */
export const podChecks: readonly RenderedCheck[] = [
  ...new Set([...containerRules, ...podRules].map((rule) => rule.check)),
].map((name) => {
  const ofPods = podRules.filter((rule) => rule.check === name);
  const ofContainers = containerRules.filter((rule) => rule.check === name);
  return {
    name,
    find: (cluster) =>
      cluster.workloads.flatMap((workload) => {
        const { object, pod, containers } = workload;
        return [
          ...ofPods.map((rule) => ({ ...rule, in: workload.at, got: rule.value(pod, workload, cluster) })),
          ...containers.flatMap(({ container, at }) =>
            ofContainers.map((rule) => ({ ...rule, in: at, got: rule.value(container, pod) })),
          ),
        ]
          .filter((looked) => !looked.isAllowed(looked.got))
          .map(({ in: where, at, got, allowed, fix }) => ({ object, at: `${where}.${at}`, got, allowed, fix }));
      }),
  };
});
