import { defineEnvironment } from '../src/model/index.ts';
import { systems } from '../src/systems/index.ts';
import { type Message, receiversProgram } from '../test/alert-receivers.ts';
import { forTests } from './insta-environment.ts';
import { kubectl, rollout } from './kubectl.ts';
import { nodeServer } from './node-server.ts';

/** The namespace of a mail server, and of a server in place of Slack. */
export const receiversNamespace = 'trellis-e2e-receivers';

const name = 'receivers';
/** Where both run. */
export const receivers = { namespace: receiversNamespace, pod: `deployment/${name}` };

const ports = { mail: 2525, http: 8080 };
const monitoring = forTests.monitoring.prometheus;
const host = `${name}.${receiversNamespace}.svc`;
const secret = { secret: 'alerting', key: 'slack-url' };

const manifests: readonly object[] = [
  ...nodeServer({
    name,
    namespace: receiversNamespace,
    program: receiversProgram,
    args: [String(ports.mail), String(ports.http)],
    readyAt: ports.http,
    ports: Object.entries(ports).map(([each, port]) => ({ name: each, port, targetPort: port })),
  }),
  // Only the cluster's monitoring has anything to say to them, and they to it: tests post alerts from there.
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: receiversNamespace },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': monitoring.namespace } } }] },
      ],
      egress: [
        { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': monitoring.namespace } } }] },
        { ports: [{ port: 53, protocol: 'UDP' }] },
      ],
    },
  },
  // In the namespace of each system, as an AlertmanagerConfig reads no other.
  ...systems.map((system) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret.secret, namespace: system.name },
    stringData: { [secret.key]: `http://${host}:${ports.http}/slack` },
  })),
];

/** So many requests per second are much traffic for `auth`. */
export const surgeAbove = 10;

const { insta } = forTests.overrides;

/** The environment of the tests, in which people are told, and soon. */
export const alertsAreTold = defineEnvironment({
  ...forTests,
  overrides: {
    ...forTests.overrides,
    insta: {
      ...insta,
      auth: { ...insta?.['auth'], alerts: { highTraffic: surgeAbove } },
      // A budget that some hundred errors burn, however many requests other tests sent in the last hour.
      posts: { ...insta?.['posts'], slo: { availability: 0.999_9 } },
    },
  },
  alerting: {
    kind: 'alertmanagerConfig',
    receivers: {
      people: {
        email: {
          to: ['people@example.com'],
          from: 'alerts@example.com',
          smarthost: `${host}:${ports.mail}`,
          tls: false,
        },
        slack: { url: secret, channel: '#people' },
      },
      channel: { slack: { url: secret, channel: '#channel' } },
    },
    warning: 'channel',
    groupWait: '1s',
    groupInterval: '5s',
  },
} as Parameters<typeof defineEnvironment>[0]);

/** Runs the servers, and waits until they are Ready. */
export async function runReceivers(): Promise<void> {
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
  await rollout(receiversNamespace, name);
}

/** All that they got, in turn. */
export async function received(): Promise<readonly Message[]> {
  const program = `fetch('http://127.0.0.1:${ports.http}/messages').then((answer) => answer.text()).then(console.log)`;
  return JSON.parse(
    await kubectl(['exec', `deployment/${name}`, '-n', receiversNamespace, '--', 'node', '-e', program]),
  ) as Message[];
}
