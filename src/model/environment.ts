import { z } from 'zod';
import { alerting } from './alerting.ts';
import { serviceThresholds, systemThresholds } from './alerts.ts';
import { backups } from './backups.ts';
import { across, check, form, listOf, oneOfKinds, rootOf, rule, strict } from './declaration-error.ts';
import { durationFrom } from './duration.ts';
import { gatewayPods } from './gateway.ts';
import { dnsLabel, dnsName, httpUrl, labelKey, objectName, variableName } from './names.ts';
import { network } from './network.ts';
import { pods, podsAtPort, port } from './pods.ts';
import { byteQuantity } from './quantity.ts';
import { quotas } from './quotas.ts';
import { scaling } from './scaling.ts';
import { sloOverride } from './slo-override.ts';
import { stores } from './stores.ts';

const exposure = oneOfKinds('kind', [
  strict({
    kind: z.literal('ingress'),
    /** The IngressClass. @default - the cluster's default class */
    className: dnsName.optional(),
    /** The pods of the ingress controller, which alone may reach the services from outside. */
    controllers: listOf(pods, 'group of pods', "name their namespace, such as { namespace: 'traefik' }"),
    /** The cert-manager ClusterIssuer that signs the hosts' certificates. @default - plain HTTP */
    clusterIssuer: objectName.optional(),
    /** Annotations that the controller understands. @default - for ingress-nginx, that it passes on the bodies that the routes take */
    annotations: z.record(labelKey, z.string()).optional(),
  }),
  strict({
    kind: z.literal('nodePort'),
  }),
  strict({
    kind: z.literal('loadBalancer'),
    /** Annotations of the Service, which the cloud's controller understands. @default - none */
    annotations: z.record(labelKey, z.string()).default({}),
  }),
  strict({
    kind: z.literal('gateway'),
    /** The Gateway that the HTTPRoutes attach to. */
    name: dnsLabel,
    /** The Gateway's namespace. */
    namespace: dnsLabel,
    /** The listener's name. @default - every listener that admits the host */
    listener: dnsLabel.optional(),
    /** The pods of the Gateway, which alone may reach the services from outside. */
    controllers: listOf(pods, 'group of pods', "name their namespace, such as { namespace: 'traefik' }"),
  }),
]);

const outsidePlace = z.union([
  httpUrl,
  strict({
    /** The URL inside the cluster. */
    url: httpUrl,
    /** The pods that answer there, and the port on which they do: what the NetworkPolicy lets through. */
    pods: podsAtPort,
  }),
]);

const setValueRule = rule('a text, a number, true or false', 'write the value, or delete the line');
const setValue = z.union([z.string(), z.number(), z.boolean()], { error: setValueRule });

const override = strict({
  /** Values of the service's environment variables. A Secret's value never stands here. @default - the declared defaults */
  env: z.record(variableName, setValue).default({}),
  /** Where its APIs outside are. @default - where the service says */
  outside: z.record(z.string(), outsidePlace).default({}),
  /** How it scales here. @default - as the service says */
  scaling: scaling.optional(),
  /** What of its promises is otherwise here. @default - nothing */
  slo: sloOverride.optional(),
  /** Thresholds of its alerts here. @default - as the service says */
  alerts: serviceThresholds.optional(),
});

const dns = z.union([
  /** Pods. Their own port counts, not that of the Service in front: OpenShift's listen on 5353. */
  podsAtPort.extend({ port: port.default(53) }),
  /** An address of the node, such as that of NodeLocal DNSCache, which no selector finds. */
  strict({
    address: z.ipv4({ error: rule('an IPv4 address such as 169.254.20.10', 'write the address alone') }),
    port: port.default(53),
  }),
]);

/** The share of traces that are recorded where nothing else is said. */
const usuallySampled = 0.1;

const share = z
  .number({ error: rule('a number from 0 to 1', 'write the share, such as 0.1 for a tenth') })
  .min(0, { error: rule('a number from 0 to 1', 'write 0 for none') })
  .max(1, { error: rule('a number from 0 to 1', 'write 1 for all') });

const tracing = strict({
  /** Where spans go by OTLP over HTTP: the base, to which `/v1/traces` is added, such as `http://otel-collector.monitoring.svc:4318`. */
  endpoint: httpUrl,
  /** The share of traces that are recorded, from 0 to 1. Whoever begins a trace decides, and all services hold to it. @default 0.1 */
  sampled: share.default(usuallySampled),
  /** The pods that answer there, at the port of `endpoint`: what the NetworkPolicies let through. */
  collector: pods,
});

const logging = strict({
  /** For how long they are kept. What a person may ask to have deleted can stand in a line, so no longer than they are looked at. */
  keptFor: durationFrom('1d', '365d').default('14d'),
  /** The volume that they are kept on. It is full sooner than that time is over where they are many. @default '20Gi' */
  storage: byteQuantity.default('20Gi'),
});

const shape = strict({
  /** The environment's name, also the label `trellis.dev/environment`. */
  name: dnsLabel,
  /** What the hosts of all entrances end in. */
  domain: dnsName,
  images: strict({
    /** What stands before the app's name: registry and path, such as `registry.example.com/shop`. */
    repository: form(
      /^[a-z0-9.:-]+(\/[a-z0-9._-]+)+$/,
      'a registry and a path, such as registry.example.com/shop',
      'write both, in lower case, with neither scheme nor tag',
    ),
    /** The tag of every app's image. Never `latest`, which names another image tomorrow. It is the label `app.kubernetes.io/version` too. */
    tag: form(
      /^(?!latest$)[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
      'a tag that always means the same image: 1 to 63 letters, digits and _.-, a letter or digit at both ends, not latest',
      'use the version or the commit',
    ),
    /** @default 'IfNotPresent' */
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
    /** Secrets of type kubernetes.io/dockerconfigjson, by name. @default - none */
    pullSecrets: z.array(objectName).readonly().default([]),
  }),
  /** How the entrances are reached: one or several of ingress, nodePort, loadBalancer and gateway. */
  exposure: listOf(exposure, 'way in', 'add ingress(...), nodePort(), loadBalancer() or gateway(...)'),
  /**
   * The systems whose requests from outside pass through a gateway of their own, whichever way they come in.
   * @default - none: they go straight to the services
   */
  gateways: z.record(dnsLabel, gatewayPods).default({}),
  monitoring: strict({
    /** The release of kube-prometheus-stack: its Prometheus picks up what is labelled with it. */
    release: dnsLabel,
    /** The pods of Prometheus, which alone may scrape. */
    prometheus: pods,
    /**
     * Where the cluster's pods reach it, as KEDA must. @default - as kube-prometheus-stack calls it:
     * `http://monitoring-kube-prometheus-prometheus.<namespace>.svc:9090` for a release called monitoring
     */
    url: httpUrl.optional(),
    /**
     * Where people read the dashboards, which every alert links to. @default - as kube-prometheus-stack calls it inside the cluster:
     * `http://<release>-grafana.<namespace>.svc`
     */
    grafana: httpUrl.optional(),
    /** Where people read the runbooks, each as `<its alert>.md`. @default - `docs/runbooks` of the repository, as a path */
    runbooks: httpUrl.optional(),
  }),
  /** Where traces go. @default - nowhere: no spans are made, and nothing of what makes them is loaded */
  tracing: tracing.optional(),
  /**
   * The share of requests, from 0 to 1, of which services write a line while all is well. Of what failed, was refused or was slow there is one in any case, and of everything while a
   * service is not well. @default 1
   */
  requestLogs: share.default(1),
  /** That the logs of all pods of the cluster are kept and can be searched, in a Loki beside its Prometheus. @default - not beyond what a node keeps of them */
  logging: logging.optional(),
  /** Who is told of alerts, as `alertmanagerConfig({ ... })` or `alertmanagerSecret({ ... })`. @default - nobody: they can be seen, and no message goes out */
  alerting: alerting.optional(),
  /** Who answers DNS. @default - `k8s-app: kube-dns` in kube-system at port 53, as in nearly every cluster */
  dns: dns.prefault({ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }),
  /**
   * The networks that an API outside never is in, so that a service that may call the internet cannot call the node, the cluster or the cloud's metadata.
   * @default - the private, link-local, loopback and shared ranges of IPv4
   */
  privateNetworks: z
    .array(network)
    .readonly()
    .default(['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']),
  /** Where the data of its systems are. @default - nowhere: no system here may use a store */
  stores: stores.prefault({}),
  /** How its databases are backed up, as `keepBackups({ ... })`. @default - not at all */
  backups: backups.optional(),
  /**
   * What the pods of a system's namespace may take together, or `'none'` for no limit, by system.
   * @default - room for all pods that autoscalers may make, for those of a rollout of everything besides, and for a quarter more
   */
  quotas: quotas.default({}),
  /** Thresholds of the alerts on its systems as a whole, and on their stores and gateways. @default - those that are usual */
  alerts: systemThresholds.prefault({}),
  /** What differs from the services' own declarations, by system and service. @default - nothing */
  overrides: z.record(dnsLabel, z.record(dnsLabel, override)).default({}),
});

const environment = across(shape, (declared, add) => {
  const kinds = declared.exposure.map((each) => each.kind);
  for (const [index, kind] of kinds.entries()) {
    if (kinds.indexOf(kind) !== index) add(['exposure', index], kind, 'each kind once', 'merge the two');
  }
});

export type Environment = z.output<typeof environment>;
export type Exposure = Environment['exposure'][number];
/** Where traces go. */
export type Tracing = NonNullable<Environment['tracing']>;
/** Who answers DNS: pods, or an address of the node. */
export type Dns = z.output<typeof dns>;
export type Override = z.output<typeof override>;
export type OutsidePlace = z.output<typeof outsidePlace>;

type Options<Kind extends Exposure['kind']> = Omit<Extract<z.input<typeof exposure>, { kind: Kind }>, 'kind'>;

/** Entrances by Ingress, which every controller understands. */
export function ingress(options: Options<'ingress'>) {
  return { kind: 'ingress' as const, ...options };
}

/**
 * Entrances by a port on every node, for clusters with nothing in front. Anybody who reaches a node reaches the gateway of the system, or the whole port of the service
 * where the system has none.
 */
export function nodePort() {
  return { kind: 'nodePort' as const };
}

/** Entrances by a Service of type LoadBalancer, straight from the network to a gateway of the system's own. */
export function loadBalancer(options: Options<'loadBalancer'> = {}) {
  return { kind: 'loadBalancer' as const, ...options };
}

/** Entrances by HTTPRoute on a Gateway of the Gateway API. */
export function gateway(options: Options<'gateway'>) {
  return { kind: 'gateway' as const, ...options };
}

/**
 * Declares an environment: where systems run, and what differs there.
 *
 * @throws DeclarationError with everything that is wrong with it
 */
export function defineEnvironment(props: z.input<typeof environment>): Environment {
  return check(environment, props, rootOf(props?.name, 'environment'));
}

/** The image of an app: `localhost/trellis/bird:local`. */
export function imageName({ images }: Environment, app: string): string {
  return `${images.repository}/${app}:${images.tag}`;
}

/** Whether a system's requests from outside pass through a gateway of its own, which then decides alone what is let through. */
export function hasGateway({ gateways }: Environment, system: { readonly name: string }): boolean {
  return gateways[system.name] !== undefined;
}

/** What defineEnvironment checks by, for what describes declarations. */
export { environment as environmentSchema };
