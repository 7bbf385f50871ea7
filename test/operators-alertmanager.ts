import type { Manifest } from './objects.ts';

/**
 * The configuration that the operator of kube-prometheus-stack makes of AlertmanagerConfigs, beside what the stack says by itself: each name begins with the object's, each
 * first route and inhibition is for its namespace alone, and an alert that such a route takes goes on to the next. What stands in Secrets is made up.
 * @see https://github.com/prometheus-operator/prometheus-operator/blob/v0.85.0/pkg/alertmanager/amcfg.go
 * @param inhibitRules those of the stack
 */
export function operatorsConfiguration(configs: readonly Manifest[], inhibitRules: readonly object[]): object {
  return {
    route: {
      receiver: stacksOwn,
      group_wait: '30s',
      routes: [
        ...configs.map((config) => ({
          ...routeOf(config, config.spec.route),
          matchers: [
            ...matchersOf(config.spec.route.matchers),
            `namespace=${JSON.stringify(config.metadata.namespace)}`,
          ],
          continue: true,
        })),
        { receiver: stacksOwn, matchers: ['alertname = "Watchdog"'] },
      ],
    },
    inhibit_rules: [...inhibitRules, ...configs.flatMap(inhibitRulesOf)],
    receivers: [{ name: stacksOwn }, ...configs.flatMap(receiversOf)],
    time_intervals: configs.flatMap((config) =>
      (config.spec.muteTimeIntervals ?? []).map(({ name, timeIntervals }: Manifest) => ({
        name: nameIn(config, name),
        time_intervals: timeIntervals.map(({ times, ...interval }: Manifest) => ({
          ...interval,
          ...(times && {
            times: times.map(({ startTime, endTime }: Manifest) => ({ start_time: startTime, end_time: endTime })),
          }),
        })),
      })),
    ),
  };
}

/** The receiver of the stack that tells nobody. */
export const stacksOwn = 'null';

function nameIn({ metadata }: Manifest, name: string): string {
  return `${metadata.namespace}/${metadata.name}/${name}`;
}

function matchersOf(matchers: readonly Manifest[]): string[] {
  return matchers.map(({ name, matchType, value }) => `${name}${matchType}${JSON.stringify(value)}`);
}

function routeOf(config: Manifest, route: Manifest): object {
  return {
    receiver: nameIn(config, route.receiver),
    matchers: matchersOf(route.matchers),
    ...(route.groupBy && { group_by: route.groupBy }),
    ...(route.groupWait && { group_wait: route.groupWait }),
    ...(route.groupInterval && { group_interval: route.groupInterval }),
    ...(route.repeatInterval && { repeat_interval: route.repeatInterval }),
    ...(route.muteTimeIntervals && {
      mute_time_intervals: route.muteTimeIntervals.map((name: string) => nameIn(config, name)),
    }),
    ...(route.routes && { routes: route.routes.map((each: Manifest) => routeOf(config, each)) }),
  };
}

function inhibitRulesOf({ metadata, spec }: Manifest): object[] {
  const inNamespace = `namespace=${JSON.stringify(metadata.namespace)}`;
  return spec.inhibitRules.map(({ sourceMatch, targetMatch, equal }: Manifest) => ({
    source_matchers: [...matchersOf(sourceMatch), inNamespace],
    target_matchers: [...matchersOf(targetMatch), inNamespace],
    equal,
  }));
}

function receiversOf(config: Manifest): object[] {
  return config.spec.receivers.map(({ name, emailConfigs, slackConfigs, webhookConfigs }: Manifest) => ({
    name: nameIn(config, name),
    ...(emailConfigs && {
      email_configs: emailConfigs.map((email: Manifest) => ({
        to: email.to,
        from: email.from,
        smarthost: email.smarthost,
        ...(email.authUsername && { auth_username: email.authUsername, auth_password: 'password' }),
        require_tls: email.requireTLS,
        headers: Object.fromEntries(email.headers.map(({ key, value }: Manifest) => [key, value])),
        send_resolved: email.sendResolved,
      })),
    }),
    ...(slackConfigs && {
      slack_configs: slackConfigs.map(({ channel, title, text, color, sendResolved }: Manifest) => {
        return { api_url: 'http://127.0.0.1:9', channel, title, text, color, send_resolved: sendResolved };
      }),
    }),
    ...(webhookConfigs && { webhook_configs: [{ url: 'http://127.0.0.1:9', send_resolved: false }] }),
  }));
}
