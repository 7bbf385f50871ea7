import type { Alerting, AlertReceiver, SecretValue } from '../../../model/index.ts';
import { type AlertRoute, is, type Matcher } from './alert-route.ts';
import { ownInhibitRules } from './inhibit-rules.ts';
import { messageOf } from './message.ts';
import { quietTimes } from './quiet-times.ts';
import { heartbeat, nobody, quietHours, routingTree } from './routing-tree.ts';

export interface ConfigSpecProps {
  readonly alerting: Alerting;
  /** The environment's name, which each message says. */
  readonly environment: string;
  /** The system's name, which is its namespace's too. */
  readonly system: string;
}

/**
 * What the operator adds to the configuration of the cluster's Alertmanager for one system. It takes only alerts of the system's namespace; those of the cluster's own stack
 * about the same pods have no label `system`, and go where the rest of the configuration leads them.
 * @see https://prometheus-operator.dev/docs/developer/alerting/#alertmanagerconfig-resource
 */
export function alertmanagerConfigSpec({ alerting, environment, system }: ConfigSpecProps) {
  const { receivers, quietHours: hours, heartbeat: beat } = alerting;
  return {
    route: routeOf(routingTree(alerting, [is('system', system)])),
    inhibitRules: ownInhibitRules.map(({ source, target, equal }) => ({
      sourceMatch: source.map(matcherOf),
      targetMatch: target.map(matcherOf),
      equal: [...equal],
    })),
    receivers: [
      ...Object.entries(receivers).map(([name, receiver]) => receiverOf(name, receiver, environment)),
      { name: nobody },
      ...(beat ? [{ name: heartbeat, webhookConfigs: [{ urlSecret: keyOf(beat.url), sendResolved: false }] }] : []),
    ],
    ...(hours && {
      muteTimeIntervals: [
        {
          name: quietHours,
          timeIntervals: quietTimes(hours).map(({ times, weekdays }) => ({
            ...(times && { times: times.map(({ from, to }) => ({ startTime: from, endTime: to })) }),
            ...(weekdays && { weekdays: [...weekdays] }),
          })),
        },
      ],
    }),
  };
}

/** A route, which the schema of the CRD leaves open below the first level. */
interface Route {
  readonly matchers: ReturnType<typeof matcherOf>[];
  readonly receiver: string;
  readonly groupBy?: string[];
  readonly groupWait?: string;
  readonly groupInterval?: string;
  readonly repeatInterval?: string;
  readonly muteTimeIntervals?: string[];
  readonly routes?: Route[];
}

function routeOf({ matchers, groupBy, muteTimeIntervals, routes, ...route }: AlertRoute): Route {
  return {
    matchers: matchers.map(matcherOf),
    ...route,
    ...(groupBy && { groupBy: [...groupBy] }),
    ...(muteTimeIntervals && { muteTimeIntervals: [...muteTimeIntervals] }),
    ...(routes && { routes: routes.map(routeOf) }),
  };
}

function matcherOf({ label, is, value }: Matcher) {
  return { name: label, matchType: is, value };
}

function receiverOf(name: string, { email, slack }: AlertReceiver, environment: string) {
  const { title, text, color } = messageOf(environment);
  return {
    name,
    ...(email && {
      emailConfigs: [
        {
          to: email.to.join(', '),
          from: email.from,
          smarthost: email.smarthost,
          ...(email.username && { authUsername: email.username }),
          ...(email.password && { authPassword: keyOf(email.password) }),
          requireTLS: email.tls,
          headers: [{ key: 'Subject', value: title }],
          sendResolved: true,
        },
      ],
    }),
    ...(slack && {
      slackConfigs: [{ apiURL: keyOf(slack.url), channel: slack.channel, title, text, color, sendResolved: true }],
    }),
  };
}

/** A key of a Secret in the namespace of the AlertmanagerConfig. */
function keyOf({ secret, key }: SecretValue) {
  return { name: secret, key };
}
