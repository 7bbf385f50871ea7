import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Environment, type StoreKind, type Stores, type System, storeSecret } from '../../model/index.ts';
import { inClusterStores, passwordKey, selector, storeLabels } from '../identity.ts';
import type { Placement } from '../placement.ts';
import { basePod } from './base-pod.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { kubeObject } from './kube-object.ts';
import { podsOf, tcp } from './network-access.ts';
import { restrictedContainer, restrictedPod } from './pod-security.ts';
import { serviceAccount } from './service-account.ts';

/** A kind of store that an environment runs in the cluster by itself, with no operator, as it declares it. */
export type InClusterStore<Kind extends keyof Stores> = Exclude<
  NonNullable<Stores[Kind]>,
  { kind: 'outside' | 'cloudnative-pg' }
>;

/** A store that runs in the namespace of a system. */
export interface StoreProps<Kind extends keyof Stores> {
  readonly system: System;
  readonly environment: Environment;
  readonly store: InClusterStore<Kind>;
  /** The services that use it: at least one, apart from a store that no service reaches. */
  readonly users: readonly Placement[];
}

/** What the stores differ in. */
export interface StoreWorkloadProps<Kind extends keyof Stores> extends StoreProps<Kind> {
  readonly kind: Kind;
  /** Its name, and where it answers. @default - those of the store that services use */
  readonly at?: { readonly name: string; readonly port: number };
  /** The label `app.kubernetes.io/component`. */
  readonly component: string;
  /** Pods that may reach it besides those of its users, by name. @default - none */
  readonly helpers?: readonly string[];
  /** Where the volume is mounted. */
  readonly dataPath: string;
  /** The container of the store: all but its name, image, resources, port and security. */
  readonly container: Pick<
    k8s.Container,
    'command' | 'args' | 'env' | 'startupProbe' | 'livenessProbe' | 'readinessProbe' | 'lifecycle' | 'volumeMounts'
  >;
  /** What runs before it. Gets its image, resources, volume and security. @default - nothing */
  readonly initContainers?: readonly StoreContainer[];
  /** What runs beside it. @default - nothing */
  readonly sidecars?: readonly StoreContainer[];
  readonly volumes: readonly k8s.Volume[];
  /** How long it may take to end, in seconds. */
  readonly gracePeriod: number;
  /** What rolls the pod when it changes. @default - nothing */
  readonly annotations?: Readonly<Record<string, string>>;
}

type Probes = Pick<k8s.Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'>;
type StoreContainer = Pick<k8s.Container, 'name' | 'command' | 'args' | 'env' | 'volumeMounts'> & Probes;

/** Local disk for logs and small temporary files: what is to stay is on the volume. */
const ephemeralStorage = '128Mi';

/** The port's name, by which the Service refers to it. */
const portName = 'store';

/**
 * One instance of a store: its ServiceAccount, StatefulSet with a volume, Service, budget and NetworkPolicy.
 *
 * The claim of a StatefulSet cannot be changed. To grow a volume, change `storage`, then `kubectl delete statefulset NAME --cascade=orphan`, apply, and
 * `kubectl patch pvc data-NAME-0` with the new size: the pod runs on meanwhile.
 */
export class StoreWorkload extends Construct {
  constructor(scope: Construct, id: string, props: StoreWorkloadProps<keyof Stores>) {
    super(scope, id);
    const { system, environment, kind, store, users, helpers = [] } = props;
    const { name, port } = props.at ?? inClusterStores[kind];
    const labels = storeLabels(name, props.component, tagOf(store.image), system, environment);
    const metadata = { name, namespace: system.name, labels };
    const matchLabels = selector(name);

    serviceAccount(this, metadata);
    kubeObject(
      this,
      'stateful-set',
      k8s.KubeStatefulSet.manifest({
        metadata,
        spec: {
          replicas: 1,
          serviceName: name,
          selector: { matchLabels },
          revisionHistoryLimit: 3,
          // With the default a pod that never becomes ready is not replaced, not even by the change that mends it.
          podManagementPolicy: 'Parallel',
          updateStrategy: { type: 'RollingUpdate' },
          // The data outlive whoever deletes the StatefulSet: the claim is deleted by hand or not at all.
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
          template: {
            metadata: { labels, ...(props.annotations && { annotations: props.annotations }) },
            spec: podSpec(props),
          },
          volumeClaimTemplates: [
            {
              // Without the version and the environment: this can never be changed again.
              metadata: { name: 'data', labels: matchLabels },
              spec: {
                accessModes: ['ReadWriteOnce'],
                storageClassName: store.storageClass,
                resources: { requests: { storage: k8s.Quantity.fromString(store.storage) } },
              },
            },
          ],
        },
      }),
    );
    kubeObject(
      this,
      'service',
      k8s.KubeService.manifest({
        metadata,
        // Not headless: the address stays while the pod is replaced, so that no client waits for DNS to forget the old one.
        spec: {
          type: 'ClusterIP',
          selector: matchLabels,
          ports: [{ name: portName, port, targetPort: k8s.IntOrString.fromString(portName), protocol: 'TCP' }],
        },
      }),
    );
    disruptionBudget(this, metadata);
    kubeObject(
      this,
      'network-policy',
      k8s.KubeNetworkPolicy.manifest({
        metadata,
        spec: {
          podSelector: { matchLabels },
          // It answers and asks nobody: no egress at all.
          policyTypes: ['Ingress', 'Egress'],
          ingress: [
            { from: [...users.map(({ service }) => service.name), ...helpers].map(podsOf), ports: [tcp(port)] },
          ],
        },
      }),
    );
  }
}

function podSpec(props: StoreWorkloadProps<keyof Stores>): k8s.PodSpec {
  const { kind, store, environment, initContainers, sidecars = [] } = props;
  const { name, port } = props.at ?? inClusterStores[kind];
  const shared = {
    image: store.image,
    // A registry of the public counts pulls. So a node keeps the patch of `postgres:18` that it got first; a digest in the image is the same on all.
    imagePullPolicy: 'IfNotPresent',
    securityContext: restrictedContainer,
  };
  const data = { name: 'data', mountPath: props.dataPath };
  return {
    ...basePod(name, environment),
    terminationGracePeriodSeconds: props.gracePeriod,
    // Only where the volume's root does not fit yet: else every start would open all its files to the group, which takes long and Postgres refuses.
    securityContext: { ...restrictedPod, fsGroupChangePolicy: 'OnRootMismatch' },
    ...(initContainers && {
      initContainers: initContainers.map((each) => ({
        ...shared,
        ...each,
        resources: resources(store.resources),
        volumeMounts: [data, ...(each.volumeMounts ?? [])],
      })),
    }),
    containers: [
      {
        name,
        ...shared,
        ...props.container,
        ports: [{ name: portName, containerPort: port, protocol: 'TCP' }],
        resources: resources(store.resources),
        volumeMounts: [data, ...(props.container.volumeMounts ?? [])],
      },
      ...sidecars.map((each) => ({ ...shared, ...each, resources: resources(helperResources) })),
    ],
    volumes: [...props.volumes],
  };
}

/** What a shell needs that now and then looks at a file. */
export const helperResources = { cpu: '10m', memory: '32Mi' } as const;

/** Memory at most is what was requested: a store that takes more than was set aside for it dies when the node is full, which is the worst moment. */
export function resources({ cpu, memory }: { cpu: string; memory: string }): k8s.ResourceRequirements {
  const quantity = k8s.Quantity.fromString;
  const storage = { 'ephemeral-storage': quantity(ephemeralStorage) };
  return {
    requests: { cpu: quantity(cpu), memory: quantity(memory), ...storage },
    limits: { memory: quantity(memory), ...storage },
  };
}

/**
 * The passwords of users, each at `<service>/password`. A Secret that is not there yet holds up no other service; its file appears about a minute after it.
 *
 * @param more Secrets without which the pod does not start
 */
export function passwordsVolume(
  kind: StoreKind,
  users: readonly Placement[],
  more: readonly { readonly secret: string; readonly folder: string }[] = [],
): k8s.Volume {
  const source = (secret: string, folder: string) => ({
    name: secret,
    items: [{ key: passwordKey, path: `${folder}/password` }],
  });
  return {
    name: 'passwords',
    projected: {
      sources: [
        ...more.map(({ secret, folder }) => ({ secret: source(secret, folder) })),
        ...users.map(({ service: { name } }) => ({
          secret: { ...source(storeSecret(name, kind), name), optional: true },
        })),
      ],
    },
  };
}

/** The tag of an image: what follows its last colon, without a digest. */
export function tagOf(image: string): string {
  const [tagged = ''] = image.split('@');
  return tagged.slice(tagged.lastIndexOf(':') + 1);
}

/** A command that decides a probe. */
export function probe(command: readonly string[], periodSeconds: number, failureThreshold: number): k8s.Probe {
  return { exec: { command: [...command] }, periodSeconds, timeoutSeconds: 5, failureThreshold };
}

/** Whether a file of a script, in which it writes the time in seconds, is from the last two minutes. */
export function isRecent(file: string): string[] {
  return ['sh', '-c', `[ -e ${file} ] && [ $(($(date +%s) - $(cat ${file}))) -lt 120 ]`];
}
