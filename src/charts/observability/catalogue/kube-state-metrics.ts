import { counter, gauge } from '../../../model/index.ts';

const truths = ['true', 'false', 'unknown'] as const;
const resources = ['cpu', 'memory', 'ephemeral_storage'] as const;
const units = ['core', 'byte'] as const;

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
  deploymentStatusReplicasReady: gauge({
    name: 'kube_deployment_status_replicas_ready',
    help: 'Ready pods of a Deployment.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusReplicasAvailable: gauge({
    name: 'kube_deployment_status_replicas_available',
    help: 'Pods of a Deployment that have been Ready for long enough.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusReplicasUnavailable: gauge({
    name: 'kube_deployment_status_replicas_unavailable',
    help: 'Pods that a Deployment still lacks.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusReplicasUpdated: gauge({
    name: 'kube_deployment_status_replicas_updated',
    help: 'Pods of a Deployment that are as it says now.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusObservedGeneration: gauge({
    name: 'kube_deployment_status_observed_generation',
    help: 'The generation of a Deployment that was seen last.',
    labels: { deployment: 'open' },
  }),
  deploymentMetadataGeneration: gauge({
    name: 'kube_deployment_metadata_generation',
    help: 'The generation of a Deployment that is wanted.',
    labels: { deployment: 'open' },
  }),
  deploymentStatusCondition: gauge({
    name: 'kube_deployment_status_condition',
    help: 'The conditions of a Deployment, 1 for the status that each has.',
    labels: {
      deployment: 'open',
      condition: ['Available', 'Progressing', 'ReplicaFailure'],
      status: truths,
    },
  }),
  deploymentCreated: gauge({
    name: 'kube_deployment_created',
    help: 'When a Deployment was made, in seconds since 1970.',
    labels: { deployment: 'open' },
  }),
  // workload/statefulset-metrics.md
  statefulsetReplicas: gauge({
    name: 'kube_statefulset_replicas',
    help: 'Pods that a StatefulSet wants.',
    labels: { statefulset: 'open' },
  }),
  statefulsetStatusReplicas: gauge({
    name: 'kube_statefulset_status_replicas',
    help: 'Pods that a StatefulSet has.',
    labels: { statefulset: 'open' },
  }),
  statefulsetStatusReplicasReady: gauge({
    name: 'kube_statefulset_status_replicas_ready',
    help: 'Ready pods of a StatefulSet.',
    labels: { statefulset: 'open' },
  }),
  statefulsetStatusReplicasAvailable: gauge({
    name: 'kube_statefulset_status_replicas_available',
    help: 'Pods of a StatefulSet that have been Ready for long enough.',
    labels: { statefulset: 'open' },
  }),
  statefulsetStatusReplicasUpdated: gauge({
    name: 'kube_statefulset_status_replicas_updated',
    help: 'Pods of a StatefulSet that are as it says now.',
    labels: { statefulset: 'open' },
  }),
  statefulsetStatusObservedGeneration: gauge({
    name: 'kube_statefulset_status_observed_generation',
    help: 'The generation of a StatefulSet that was seen last.',
    labels: { statefulset: 'open' },
  }),
  statefulsetMetadataGeneration: gauge({
    name: 'kube_statefulset_metadata_generation',
    help: 'The generation of a StatefulSet that is wanted.',
    labels: { statefulset: 'open' },
  }),
  statefulsetCreated: gauge({
    name: 'kube_statefulset_created',
    help: 'When a StatefulSet was made, in seconds since 1970.',
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
  podOwner: gauge({
    name: 'kube_pod_owner',
    help: 'What owns a pod.',
    labels: { uid: 'open', owner_kind: 'open', owner_name: 'open', owner_is_controller: ['true', 'false'] },
  }),
  podCreated: gauge({
    name: 'kube_pod_created',
    help: 'When a pod was made, in seconds since 1970.',
    labels: { uid: 'open' },
  }),
  podStartTime: gauge({
    name: 'kube_pod_start_time',
    help: 'When a pod was started, in seconds since 1970.',
    labels: { uid: 'open' },
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
  podStatusScheduled: gauge({
    name: 'kube_pod_status_scheduled',
    help: 'Whether a pod has a node, 1 for the answer.',
    labels: { uid: 'open', condition: truths },
  }),
  podStatusUnschedulable: gauge({
    name: 'kube_pod_status_unschedulable',
    help: 'Pods for which there is no node: there only as long as it is so.',
    labels: { uid: 'open' },
  }),
  podStatusReason: gauge({
    name: 'kube_pod_status_reason',
    help: 'Why a pod ended, 1 for the reason.',
    labels: { uid: 'open', reason: ['Evicted', 'NodeAffinity', 'NodeLost', 'Shutdown', 'UnexpectedAdmissionError'] },
  }),
  podContainerStatusRestartsTotal: counter({
    name: 'kube_pod_container_status_restarts_total',
    help: 'Restarts of a container.',
    labels: { uid: 'open' },
  }),
  podContainerStatusReady: gauge({
    name: 'kube_pod_container_status_ready',
    help: 'Whether the readiness probe of a container succeeds.',
    labels: { uid: 'open' },
  }),
  podContainerStatusRunning: gauge({
    name: 'kube_pod_container_status_running',
    help: 'Whether a container runs.',
    labels: { uid: 'open' },
  }),
  podContainerStatusWaiting: gauge({
    name: 'kube_pod_container_status_waiting',
    help: 'Whether a container waits.',
    labels: { uid: 'open' },
  }),
  podContainerStatusWaitingReason: gauge({
    name: 'kube_pod_container_status_waiting_reason',
    help: 'What a container waits for: there only as long as it does.',
    labels: { uid: 'open', reason: waitingReasons },
  }),
  podContainerStatusTerminatedReason: gauge({
    name: 'kube_pod_container_status_terminated_reason',
    help: 'Why a container ended: there only as long as it is not running again.',
    labels: { uid: 'open', reason: terminatedReasons },
  }),
  podContainerStatusLastTerminatedReason: gauge({
    name: 'kube_pod_container_status_last_terminated_reason',
    help: 'Why a container ended the last time.',
    labels: { uid: 'open', reason: terminatedReasons },
  }),
  podInitContainerStatusRestartsTotal: counter({
    name: 'kube_pod_init_container_status_restarts_total',
    help: 'Restarts of an init container; a sidecar that starts before the others is one.',
    labels: { uid: 'open' },
  }),
  podInitContainerStatusWaitingReason: gauge({
    name: 'kube_pod_init_container_status_waiting_reason',
    help: 'What an init container waits for: there only as long as it does.',
    labels: { uid: 'open', reason: waitingReasons },
  }),
  podContainerResourceRequests: gauge({
    name: 'kube_pod_container_resource_requests',
    help: 'What a container asks of its node.',
    labels: { uid: 'open', node: 'open', resource: resources, unit: units },
  }),
  podContainerResourceLimits: gauge({
    name: 'kube_pod_container_resource_limits',
    help: 'What a container may have.',
    labels: { uid: 'open', node: 'open', resource: resources, unit: units },
  }),
  // workload/horizontalpodautoscaler-metrics.md
  horizontalpodautoscalerInfo: gauge({
    name: 'kube_horizontalpodautoscaler_info',
    help: 'Every autoscaler, with what it scales.',
    labels: {
      horizontalpodautoscaler: 'open',
      scaletargetref_api_version: 'open',
      scaletargetref_kind: 'open',
      scaletargetref_name: 'open',
    },
  }),
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
  cronjobInfo: gauge({
    name: 'kube_cronjob_info',
    help: 'Every CronJob, with its schedule.',
    labels: { cronjob: 'open', schedule: 'open', concurrency_policy: 'open' },
  }),
  cronjobCreated: gauge({
    name: 'kube_cronjob_created',
    help: 'When a CronJob was made, in seconds since 1970.',
    labels: { cronjob: 'open' },
  }),
  cronjobNextScheduleTime: gauge({
    name: 'kube_cronjob_next_schedule_time',
    help: 'When a CronJob runs next, in seconds since 1970.',
    labels: { cronjob: 'open' },
  }),
  cronjobSpecSuspend: gauge({
    name: 'kube_cronjob_spec_suspend',
    help: 'Whether a CronJob is suspended.',
    labels: { cronjob: 'open' },
  }),
  cronjobStatusActive: gauge({
    name: 'kube_cronjob_status_active',
    help: 'Jobs of a CronJob that run.',
    labels: { cronjob: 'open' },
  }),
  cronjobStatusLastScheduleTime: gauge({
    name: 'kube_cronjob_status_last_schedule_time',
    help: 'When a CronJob was last run, in seconds since 1970: not there before the first time.',
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
  jobOwner: gauge({
    name: 'kube_job_owner',
    help: 'What owns a Job.',
    labels: { job_name: 'open', owner_kind: 'open', owner_name: 'open', owner_is_controller: ['true', 'false'] },
  }),
  jobComplete: gauge({
    name: 'kube_job_complete',
    help: 'Whether a Job is complete, 1 for the answer: there only once it is over.',
    labels: { job_name: 'open', condition: truths },
  }),
  jobFailed: gauge({
    name: 'kube_job_failed',
    help: 'Whether a Job failed, 1 for the answer: there only once it is over.',
    labels: { job_name: 'open', condition: truths },
  }),
  jobStatusActive: gauge({
    name: 'kube_job_status_active',
    help: 'Pods of a Job that run.',
    labels: { job_name: 'open' },
  }),
  jobStatusFailed: gauge({
    name: 'kube_job_status_failed',
    help: 'Pods of a Job that failed.',
    labels: { job_name: 'open', reason: ['BackoffLimitExceeded', 'DeadlineExceeded', 'Evicted'] },
  }),
  jobStatusStartTime: gauge({
    name: 'kube_job_status_start_time',
    help: 'When a Job was started, in seconds since 1970.',
    labels: { job_name: 'open' },
  }),
  jobStatusCompletionTime: gauge({
    name: 'kube_job_status_completion_time',
    help: 'When a Job was complete, in seconds since 1970.',
    labels: { job_name: 'open' },
  }),
  // storage/persistentvolumeclaim-metrics.md
  persistentvolumeclaimInfo: gauge({
    name: 'kube_persistentvolumeclaim_info',
    help: 'Every claim of a volume, with its class and volume.',
    labels: { persistentvolumeclaim: 'open', storageclass: 'open', volumename: 'open', volumemode: 'open' },
  }),
  persistentvolumeclaimStatusPhase: gauge({
    name: 'kube_persistentvolumeclaim_status_phase',
    help: 'The phases of a claim, 1 for the one that it is in.',
    labels: { persistentvolumeclaim: 'open', phase: ['Pending', 'Bound', 'Lost'] },
  }),
  persistentvolumeclaimResourceRequestsStorageBytes: gauge({
    name: 'kube_persistentvolumeclaim_resource_requests_storage_bytes',
    help: 'Bytes that a claim asks for.',
    labels: { persistentvolumeclaim: 'open' },
  }),
  // cluster/node-metrics.md
  nodeInfo: gauge({
    name: 'kube_node_info',
    help: 'Every node of the cluster.',
    labels: {
      node: 'open',
      kernel_version: 'open',
      os_image: 'open',
      container_runtime_version: 'open',
      kubelet_version: 'open',
      kubeproxy_version: 'open',
      pod_cidr: 'open',
      provider_id: 'open',
      system_uuid: 'open',
      internal_ip: 'open',
    },
  }),
  nodeStatusCondition: gauge({
    name: 'kube_node_status_condition',
    help: 'The conditions of a node, 1 for the status that each has.',
    labels: { node: 'open', condition: 'open', status: truths },
  }),
  // cluster/namespace-metrics.md
  namespaceStatusPhase: gauge({
    name: 'kube_namespace_status_phase',
    help: 'The phases of a namespace, 1 for the one that it is in: there for each namespace, so that its being away means that nobody exports.',
    labels: { phase: ['Active', 'Terminating'] },
  }),
} as const;
