import type { k8s } from 'cdk8s-plus-27';

/** The user and group that every container runs as: above 10000, so that none is one of the node's own. The Dockerfile names the same. */
export const userId = 10_001;

/**
 * What the Pod Security level "restricted" asks of a pod.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const restrictedPod: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: userId,
  runAsGroup: userId,
  fsGroup: userId,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** What it asks of each of its containers, and a root file system that nobody writes to. */
export const restrictedContainer: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
