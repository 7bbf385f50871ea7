import { quantityValue, type Scaling, type Service } from '../../../../model/index.ts';
import { kubeStateMetrics as kube, prometheus } from '../../catalogue/index.ts';
import { podsWanted } from '../../measures/pods-wanted.ts';
import { coresUsed, cpuPercent, memoryPercent, memoryUsed, type ProcessesOf } from '../../measures/usage.ts';
import {
  type PodsNamed,
  podsAskedFor,
  podsAvailable,
  podsIn,
  restartsInAnHour,
  unreadyPods,
} from '../../measures/workloads.ts';
import {
  constant,
  count,
  equal,
  labelled,
  max,
  minus,
  or,
  rateInterval,
  series,
  sum,
  type Vector,
} from '../../promql/index.ts';
import type { Panel, Query } from '../panel.ts';

/** A service where it runs. */
export interface ScaledService {
  readonly namespace: string;
  readonly service: Service;
  readonly scaling: Scaling;
}

/** The pods of a service, as its scaling and its Deployment want them and as they are. */
export function podsPanel({ namespace, service: { name }, scaling }: ScaledService): Panel {
  const deployment = { namespace, deployment: name };
  const wanted = scaling.kind === 'fixed' ? undefined : podsWanted({ namespace, service: name }, scaling);
  const byScaling: Query[] = wanted ? [{ show: wanted, as: 'by its scaling' }] : [];
  return {
    name: `pods-${name}`,
    title: `Pods of ${name}`,
    description: wanted
      ? 'Those that its scaling says for the demand that is measured, those that its autoscaler asked for, and those that are available. What is asked for follows what the scaling says within a minute, and falls later.'
      : 'Those that are asked for, and those that are available.',
    unit: 'none',
    look: 'lines',
    width: 8,
    queries: [
      { show: podsAvailable(deployment), as: 'available' },
      { show: podsAskedFor(deployment), as: 'asked for' },
      ...byScaling,
    ],
  };
}

/** Pods of a service now. */
export function podsNow({ namespace, service: { name } }: ScaledService): Panel {
  const deployment = { namespace, deployment: name };
  return {
    name: 'pods-now',
    title: 'Pods',
    description: 'Pods that are available now, and those that are asked for.',
    unit: 'none',
    look: 'numbers',
    queries: [
      { show: podsAvailable(deployment), as: 'available' },
      { show: podsAskedFor(deployment), as: 'asked for' },
    ],
  };
}

/** Pods of all services of a system now. */
export function allPodsNow(namespace: string): Panel {
  return {
    name: 'pods-now',
    title: 'Pods',
    description: 'Pods of all Deployments of the system that are available now, and those that are asked for.',
    unit: 'none',
    look: 'numbers',
    queries: [
      { show: sum(series(kube.deploymentStatusReplicasAvailable, { namespace })), as: 'available' },
      { show: sum(series(kube.deploymentSpecReplicas, { namespace })), as: 'asked for' },
    ],
  };
}

/** How many pods each Deployment of a system lacks. */
export function lackOfPods(namespace: string): Panel {
  const by = ['deployment'] as const;
  return {
    name: 'lack-of-pods',
    title: 'Pods that are missing',
    description:
      'How many available pods each Deployment has less than it was asked for. For a minute after more were asked for that is so.',
    unit: 'none',
    look: 'areas',
    queries: [
      {
        show: minus(
          max(series(kube.deploymentSpecReplicas, { namespace }), by),
          max(series(kube.deploymentStatusReplicasAvailable, { namespace }), by),
          { on: by },
        ),
        as: '{{deployment}}',
      },
    ],
  };
}

/** CPU of each pod of a service, in per cent of what it asked for. */
export function cpuOfService(of: ProcessesOf, { resources: { cpu } }: Service): Panel {
  const cores = quantityValue(cpu);
  return {
    name: 'cpu',
    title: 'CPU',
    description: `What the process of each pod uses, in per cent of the ${cpu} that it asked for; alerts go by the average. Past 100 it has what the node has left over.`,
    unit: 'percent',
    look: 'lines',
    queries: [
      { show: cpuPercent(of, rateInterval, cores), as: 'average' },
      { show: cpuPercent(of, rateInterval, cores, ['pod']), as: '{{pod}}' },
    ],
  };
}

/** Memory of each pod of a service, in per cent of its limit. */
export function memoryOfService(of: ProcessesOf, { resources: { memoryLimit } }: Service): Panel {
  return {
    name: 'memory',
    title: 'Memory',
    description: `What the process of each pod has, in per cent of its limit of ${memoryLimit}. At 100 it is killed.`,
    unit: 'percent',
    look: 'lines',
    queries: [{ show: memoryPercent(of, quantityValue(memoryLimit)), as: '{{pod}}' }],
  };
}

/** CPU of all processes of ours in a system. */
export function cpuOfPods(of: ProcessesOf): Panel {
  return {
    name: 'cpu',
    title: 'CPU by pod',
    description:
      'Cores that the process of each pod of a service uses. In per cent of what it asked for it stands on the dashboard of the service.',
    unit: 'cores',
    look: 'lines',
    queries: [{ show: sum(coresUsed(of, rateInterval), ['pod']), as: '{{pod}}' }],
  };
}

/** Memory of all processes of ours in a system. */
export function memoryOfPods(of: ProcessesOf): Panel {
  return {
    name: 'memory',
    title: 'Memory by pod',
    description: 'Bytes of memory that the process of each pod of a service has.',
    unit: 'bytes',
    look: 'lines',
    queries: [{ show: memoryUsed(of), as: '{{pod}}' }],
  };
}

/** How often pods were restarted. */
export function restarts(pods: PodsNamed): Panel {
  return {
    name: 'restarts',
    title: 'Restarts in an hour',
    description:
      'How often containers of each pod were restarted in the hour before. A pod that crashes again and again is held back ever longer.',
    unit: 'none',
    look: 'lines',
    queries: [{ show: restartsInAnHour(pods), as: '{{pod}}' }],
  };
}

/** Why containers ended the last time. */
export function endings(pods: PodsNamed): Panel {
  const ended = sum(series(kube.podContainerStatusLastTerminatedReason, pods), ['reason']);
  return {
    name: 'endings',
    title: 'Why containers ended',
    description:
      'Containers that are there again, by why they ended the last time. OOMKilled had more memory than their limit; an Error stands at the end of their log.',
    unit: 'none',
    look: 'areas',
    queries: [{ show: or(ended, labelled<never, 'reason'>(constant(0), 'reason', 'none')), as: '{{reason}}' }],
  };
}

/** How many pods are in which state. */
export function podStates(pods: PodsNamed): Panel {
  const ready = sum(series(kube.podStatusReady, { ...pods, condition: 'true' }));
  return {
    name: 'pod-states',
    title: 'Pods by state',
    description:
      'Pods that are Ready; those that run and are not, which get no requests; and those that wait for room, an image, a Secret or a volume.',
    unit: 'none',
    look: 'areas',
    queries: [
      { show: orNone(ready), as: 'Ready' },
      { show: orNone(count(unreadyPods(pods))), as: 'not Ready' },
      { show: orNone(count(podsIn('Pending', pods))), as: 'pending' },
    ],
  };
}

/** Whether Prometheus reaches the pods of a service. */
export function targets(of: ProcessesOf): Panel {
  const up = series(prometheus.up, of);
  return {
    name: 'targets',
    title: 'Pods that Prometheus reaches',
    description:
      'Pods that give metrics, and those that do not: what these answer is in no panel, and in no rate that scales the service.',
    unit: 'none',
    look: 'areas',
    queries: [
      { show: orNone(count(equal(up, 1))), as: 'reached' },
      { show: orNone(count(equal(up, 0))), as: 'not reached' },
    ],
  };
}

/** Where there is none of a kind nothing is counted, which is 0. */
export function orNone(counted: Vector): Vector {
  return or(counted, constant(0));
}
