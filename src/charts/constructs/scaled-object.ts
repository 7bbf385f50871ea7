import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  type Duration,
  type Environment,
  fallbackPods,
  idleAfter,
  podLimits,
  pollingSeconds,
  requestRate,
  type ScalingOf,
  scrapeSeconds,
  toSeconds,
} from '../../model/index.ts';
import { demandQuery } from '../observability/demand-query.ts';
import { prometheusUrl } from '../prometheus-url.ts';
import { customResource } from './kube-object.ts';
import type { ObjectMetadata } from './object-metadata.ts';
import { scalingBehavior } from './scaling-behavior.ts';

type ByKeda = ScalingOf<'steps' | 'requests'>;
type Trigger = ScaledObject['spec']['triggers'][number];

/** @see scaledObject */
export interface ScaledObjectProps {
  /** Of the object; its name is that of the Deployment and of the service. */
  readonly metadata: ObjectMetadata;
  readonly scaling: ByKeda;
  readonly environment: Environment;
  /** Who says how many requests wait for it, where it may have no pods. */
  readonly wokenBy: readonly string[];
}

/**
 * Vain looks before the fallback, in five minutes: a Prometheus that restarts, or that does not know a new service yet, takes less. The HPA looks each 15 s, and for a
 * formula KEDA itself besides.
 */
const failureThreshold = { requests: 20, steps: 40 } as const;

/**
 * The same of a service that may have no pods: what KEDA itself looks in half the time after which it sleeps, and in no more than five minutes. The HPA, which looks besides while
 * there are pods, makes that less.
 *
 * A look of KEDA during which one of the HPA's fails counts as one without demand (2.21, pkg/scaling/scale_handler.go: ErrCacheClosed), as happens soon with a Prometheus that does
 * not answer. So there must be a fallback, which is a demand, before such looks may take the pods.
 */
function failureThresholdWhereIdle(scaling: ByKeda, after: Duration): number {
  const seconds = Math.min(toSeconds(after) / 2, 300);
  return Math.max(1, Math.floor(seconds / pollingSeconds(scaling)));
}

/** What a formula calls the demand. */
const demandName = 'demand';

/**
 * What makes KEDA set the number of a Deployment's pods: it writes an HPA of the Deployment's name, and answers what that asks.
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 */
export function scaledObject(scope: Construct, props: ScaledObjectProps): ApiObject {
  const { metadata, scaling } = props;
  const after = idleAfter(scaling);
  const { min, max } = podLimits(scaling);
  return customResource(
    scope,
    'scaled-object',
    new ScaledObject({
      metadata: {
        ...metadata,
        // Where an HPA of ours scales already, it is this one: KEDA takes it over as it is, in place of refusing.
        annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' },
      },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name },
        minReplicaCount: min,
        maxReplicaCount: max,
        pollingInterval: pollingSeconds(scaling),
        // A new service is not asked in its first moment, and is no less there for that.
        ...(after && {
          idleReplicaCount: 0,
          cooldownPeriod: toSeconds(after),
          initialCooldownPeriod: toSeconds(after),
        }),
        // An HPA without an answer leaves the pods that there are; one that stays blind has enough of them.
        fallback: {
          failureThreshold: after ? failureThresholdWhereIdle(scaling, after) : failureThreshold[scaling.kind],
          replicas: fallbackPods(scaling),
          behavior: 'currentReplicasIfHigher',
        },
        advanced: {
          horizontalPodAutoscalerConfig: { name: metadata.name, behavior: scalingBehavior(scaling.behavior) },
          // By the average of one, so that the formula's answer is the number of pods: by `Value` the HPA would multiply it by those that there are.
          ...(scaling.kind === 'steps' && {
            scalingModifiers: { formula: formula(scaling), target: '1', metricType: 'AverageValue' },
          }),
        },
        triggers: triggers(props),
      },
    }),
  );
}

function triggers({ metadata, scaling, environment, wokenBy }: ScaledObjectProps): Trigger[] {
  const { window } = scaling;
  const query = demandQuery({
    namespace: metadata.namespace,
    service: metadata.name,
    measure: scaling.kind === 'steps' ? scaling.metric : requestRate,
    window,
    scraped: scrapeSeconds(scaling),
    wokenBy,
  });
  return [
    {
      type: 'prometheus',
      name: demandName,
      metricType: 'AverageValue',
      metadata: {
        serverAddress: prometheusUrl(environment),
        query,
        threshold: scaling.kind === 'steps' ? '1' : String(scaling.perPod),
        // An empty answer is none: else it would count as a demand of 0, in the busiest moment too.
        ignoreNullValues: 'false',
      },
    },
    ...scaling.schedules.map((schedule, index) => ({
      type: 'cron',
      name: scheduleName(index),
      metadata: {
        timezone: schedule.timezone,
        start: schedule.from,
        end: schedule.to,
        desiredReplicas: String(schedule.pods),
      },
    })),
    ...(scaling.kind === 'requests' && scaling.cpu !== undefined
      ? [{ type: 'cpu', name: 'cpu', metricType: 'Utilization' as const, metadata: { value: String(scaling.cpu) } }]
      : []),
  ];
}

function scheduleName(index: number): string {
  return `schedule${index}`;
}

/**
 * The pods for the demand, as KEDA reads it: `demand <= 100 ? 2 : 4`. A schedule may only add to them. For no demand it answers 0 where there may be no pods: any other
 * answer keeps them awake.
 */
function formula({ table, schedules, idle }: ScalingOf<'steps'>): string {
  const rows = idle ? ([[0, 0], ...table] as const) : table;
  const wanted = rows
    .map(([upTo, pods]) => (upTo === Infinity ? `${pods}` : `${demandName} <= ${upTo} ? ${pods} : `))
    .join('');
  if (schedules.length === 0) return wanted;
  return `max(${[wanted, ...schedules.map((_, index) => scheduleName(index))].join(', ')})`;
}
