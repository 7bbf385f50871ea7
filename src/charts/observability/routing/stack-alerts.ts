/**
 * Alerts of kube-prometheus-stack that say of the pods of a system what an alert of ours says too, by ours. Nobody is told of them in the namespaces of systems; everywhere
 * else they are all there is.
 * @see https://runbooks.prometheus-operator.dev
 */
export const stackAlerts: Readonly<Record<string, string>> = {
  KubePodCrashLooping: 'PodCrashLooping',
  KubePodNotReady: 'PodNotReady',
  KubeDeploymentReplicasMismatch: 'PodNotReady',
  KubeDeploymentRolloutStuck: 'PodNotReady',
  KubeStatefulSetReplicasMismatch: 'PodNotReady',
  KubeContainerWaiting: 'PodPending',
  KubeHpaMaxedOut: 'AutoscalerAtMaximum',
  KubeHpaReplicasMismatch: 'ScaledObjectFailing',
  KubeJobFailed: 'JobFailed',
  KubeJobNotCompleted: 'JobFailed',
  KubePersistentVolumeFillingUp: 'VolumeFilling',
  CPUThrottlingHigh: 'HighCPUUsage',
  TargetDown: 'ServiceDown',
};
