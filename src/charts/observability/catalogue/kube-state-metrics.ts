import { counter, gauge } from '../../../model/index.ts';

const truths = ['true', 'false', 'unknown'] as const;
const _resources = ['cpu', 'memory', 'ephemeral_storage'] as const;
const _units = ['core', 'byte'] as const;

/** What the kubelet says a container waits for. */
const waitingReasons = [
  ...['ContainerCreating', 'PodInitializing', 'CrashLoopBackOff', 'CreateContainerConfigError'],
  ...['CreateContainerError', 'ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'RunContainerError'],
] as const;

/** Why the kubelet says a container ended. */
const terminatedReasons = [
  ...['OOMKilled', 'Completed', 'Error', 'ContainerCannotRun', 'ContainerStatusUnknown'],
  ...['DeadlineExceeded', 'Evicted', 'StartError'],
] as const;

/**
 * What kube-state-metrics says of the objects of a cluster, each called as it is without `kube_`. The labels `namespace`, `pod` and `container` are those of the object; the
 * other labels of a target, `service`, `job` and `instance`, are those of kube-state-metrics itself.
 * @see https://github.com/kubernetes/kube-state-metrics/tree/v2.13.0/docs/metrics
 */
export const kubeStateMetrics = {
  // workload/deployment-metrics.md
  deploymentSpecReplicas: gauge({
    name: 'kube_deployment_spec_replicas',
    help: 'Pods that a Deployment wants.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusReplicas: gauge({
    name: 'kube_deployment_status_replicas',
    help: 'Pods that a Deployment has.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusReplicasAvailable: gauge({
    name: 'kube_deployment_status_replicas_available',
    help: 'Pods of a Deployment that have been Ready for long enough.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusReplicasUpdated: gauge({
    name: 'kube_deployment_status_replicas_updated',
    help: 'Pods of a Deployment that are as it says now.',
    labels: { deployment: 'open' },
  }),
  // workload/statefulset-metrics.md
  statefulsetReplicas: gauge({
    name: 'kube_statefulset_replicas',
    help: 'Pods that a StatefulSet wants.',
    labels: { statefulset: 'open' },
  }),
  statefulsetStatusReplicasReady: gauge({
    name: 'kube_statefulset_status_replicas_ready',
    help: 'Ready pods of a StatefulSet.',
    labels: { statefulset: 'open' },
  }),
  // workload/pod-metrics.md
  podInfo: gauge({
    name: 'kube_pod_info',
    help: 'Every pod, with where it runs and what made it.',
    labels: {
      uid: 'open',
      host_ip: 'open',
      pod_ip: 'open',
      node: 'open',
      created_by_kind: 'open',
      created_by_name: 'open',
      priority_class: 'open',
      host_network: ['true', 'false'],
    },
  }),
  podStatusPhase: gauge({
    name: 'kube_pod_status_phase',
    help: 'The phases of a pod, 1 for the one that it is in.',
    labels: { uid: 'open', phase: ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] },
  }),
  podStatusReady: gauge({
    name: 'kube_pod_status_ready',
    help: 'Whether a pod is Ready, 1 for the answer.',
    labels: { uid: 'open', condition: truths },
  }),
  podContainerStatusRestartsTotal: counter({
    name: 'kube_pod_container_status_restarts_total',
    help: 'Restarts of a container.',
    labels: { uid: 'open' },
  }),
  podContainerStatusWaitingReason: gauge({
    name: 'kube_pod_container_status_waiting_reason',
    help: 'What a container waits for: there only as long as it does.',
    labels: { uid: 'open', reason: waitingReasons },
  }),
  podContainerStatusLastTerminatedReason: gauge({
    name: 'kube_pod_container_status_last_terminated_reason',
    help: 'Why a container ended the last time.',
    labels: { uid: 'open', reason: terminatedReasons },
  }),
  // workload/horizontalpodautoscaler-metrics.md
  horizontalpodautoscalerSpecMinReplicas: gauge({
    name: 'kube_horizontalpodautoscaler_spec_min_replicas',
    help: 'The fewest pods that an autoscaler leaves.',
    labels: { horizontalpodautoscaler: 'open' },
  }),
  horizontalpodautoscalerSpecMaxReplicas: gauge({
    name: 'kube_horizontalpodautoscaler_spec_max_replicas',
    help: 'The most pods that an autoscaler makes.',
    labels: { horizontalpodautoscaler: 'open' },
  }),
  horizontalpodautoscalerStatusCurrentReplicas: gauge({
    name: 'kube_horizontalpodautoscaler_status_current_replicas',
    help: 'Pods of what an autoscaler scales.',
    labels: { horizontalpodautoscaler: 'open' },
  }),
  horizontalpodautoscalerStatusDesiredReplicas: gauge({
    name: 'kube_horizontalpodautoscaler_status_desired_replicas',
    help: 'Pods that an autoscaler wants.',
    labels: { horizontalpodautoscaler: 'open' },
  }),
  horizontalpodautoscalerStatusCondition: gauge({
    name: 'kube_horizontalpodautoscaler_status_condition',
    help: 'The conditions of an autoscaler, 1 for the status that each has.',
    labels: {
      horizontalpodautoscaler: 'open',
      condition: ['AbleToScale', 'ScalingActive', 'ScalingLimited'],
      status: truths,
    },
  }),
  // workload/cronjob-metrics.md
  cronjobCreated: gauge({
    name: 'kube_cronjob_created',
    help: 'When a CronJob was made, in seconds since 1970.',
    labels: { cronjob: 'open' },
  }),
  cronjobStatusActive: gauge({
    name: 'kube_cronjob_status_active',
    help: 'Jobs of a CronJob that run.',
    labels: { cronjob: 'open' },
  }),
  cronjobStatusLastSuccessfulTime: gauge({
    name: 'kube_cronjob_status_last_successful_time',
    help: 'When a CronJob last succeeded, in seconds since 1970: not there before the first time.',
    labels: { cronjob: 'open' },
  }),
  // workload/job-metrics.md
  jobCreated: gauge({
    name: 'kube_job_created',
    help: 'When a Job was made, in seconds since 1970.',
    labels: { job_name: 'open' },
  }),
  jobFailed: gauge({
    name: 'kube_job_failed',
    help: 'Whether a Job failed, 1 for the answer: there only once it is over.',
    labels: { job_name: 'open', condition: truths },
  }),
  // storage/persistentvolumeclaim-metrics.md
  // cluster/node-metrics.md
  // cluster/namespace-metrics.md
  namespaceStatusPhase: gauge({
    name: 'kube_namespace_status_phase',
    help: 'The phases of a namespace, 1 for the one that it is in: there for each namespace, so that its being away means that nobody exports.',
    labels: { phase: ['Active', 'Terminating'] },
  }),
} as const;
