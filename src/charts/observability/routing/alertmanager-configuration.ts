import type { Alerting, AlertReceiver, SecretValue } from '../../../model/index.ts';
import { type AlertRoute, type InhibitRule, is, isNot, isOneOf, type Matcher } from './alert-route.ts';
import { ownInhibitRules, stackInhibitRules } from './inhibit-rules.ts';
import { messageOf } from './message.ts';
import { quietTimes } from './quiet-times.ts';
import { bySeverity, heartbeat, nobody, quietHours, routingTree, timing } from './routing-tree.ts';
import { saidTwice, type Watched } from './stack-alerts.ts';

export interface ConfigurationProps {
  readonly alerting: Alerting;
  /** The environment's name, which each message says. */
  readonly environment: string;
  readonly systems: readonly Watched[];
}

/**
 * All that the cluster's Alertmanager is told, as its own file has it. What is secret it reads from files, so nothing of this is.
 * @see https://prometheus.io/docs/alerting/latest/configuration/
 */
export function alertmanagerConfiguration({ alerting, environment, systems }: ConfigurationProps) {
  const { receivers, quietHours: hours, heartbeat: beat } = alerting;
  return {
    route: routeOf({
      matchers: [],
      receiver: routingTree(alerting, []).receiver,
      groupBy: ['namespace', 'alertname'],
      ...timing(alerting),
      routes: [routingTree(alerting, [isNot('system', '')]), ...stackRoutes(alerting, systems)],
    }),
    inhibit_rules: [...ownInhibitRules, ...stackInhibitRules].map(inhibitRuleOf),
    receivers: [
      ...Object.entries(receivers).map(([name, receiver]) => receiverOf(name, receiver, environment)),
      { name: nobody },
      ...(beat ? [{ name: heartbeat, webhook_configs: [{ url_file: fileOf(beat.url), send_resolved: false }] }] : []),
    ],
    ...(hours && {
      time_intervals: [
        {
          name: quietHours,
          time_intervals: quietTimes(hours).map(({ times, weekdays }) => ({
            ...(times && { times: times.map(({ from, to }) => ({ start_time: from, end_time: to })) }),
            ...(weekdays && { weekdays }),
            location: hours.timeZone,
          })),
        },
      ],
    }),
  };
}

/** The alerts of the cluster's own stack, which are of no system: those that ours say too go to nobody, and the rest to whom ours go. */
function stackRoutes(alerting: Alerting, systems: readonly Watched[]): AlertRoute[] {
  const ofStack = is('system', '');
  return [
    { matchers: [ofStack, isOneOf('severity', ['none', 'info'])], receiver: nobody },
    ...systems.flatMap(saidTwice).map((matchers) => ({ matchers, receiver: nobody })),
    ...bySeverity(alerting, [ofStack]),
  ];
}

function routeOf({ matchers, routes, ...route }: AlertRoute): object {
  return {
    ...(matchers.length > 0 && { matchers: matchers.map(matcherText) }),
    receiver: route.receiver,
    ...(route.groupBy && { group_by: route.groupBy }),
    ...(route.groupWait && { group_wait: route.groupWait }),
    ...(route.groupInterval && { group_interval: route.groupInterval }),
    ...(route.repeatInterval && { repeat_interval: route.repeatInterval }),
    ...(route.muteTimeIntervals && { mute_time_intervals: route.muteTimeIntervals }),
    ...(routes && { routes: routes.map(routeOf) }),
  };
}

/** As the file has it, for the stack's values too. */
export function inhibitRuleOf({ source, target, equal }: InhibitRule) {
  return { source_matchers: source.map(matcherText), target_matchers: target.map(matcherText), equal };
}

function matcherText({ label, is, value }: Matcher): string {
  return `${label}${is}${JSON.stringify(value)}`;
}

function receiverOf(name: string, { email, slack }: AlertReceiver, environment: string) {
  const { title, text, color } = messageOf(environment);
  return {
    name,
    ...(email && {
      email_configs: [
        {
          to: email.to.join(', '),
          from: email.from,
          smarthost: email.smarthost,
          ...(email.username && { auth_username: email.username }),
          ...(email.password && { auth_password_file: fileOf(email.password) }),
          require_tls: email.tls,
          headers: { Subject: title },
          send_resolved: true,
        },
      ],
    }),
    ...(slack && {
      slack_configs: [
        { api_url_file: fileOf(slack.url), channel: slack.channel, title, text, color, send_resolved: true },
      ],
    }),
  };
}

/** Where the pod of Alertmanager has a Secret that the operator is told of. */
function fileOf({ secret, key }: SecretValue): string {
  return `/etc/alertmanager/secrets/${secret}/${key}`;
}
