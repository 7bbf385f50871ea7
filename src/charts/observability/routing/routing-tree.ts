import { type Alerting, receiverOf } from '../../../model/index.ts';
import type { Severity } from '../alerts/alert.ts';
import { spanText } from '../promql/span.ts';
import { type AlertRoute, is, type Matcher } from './alert-route.ts';

/** The receivers that are no people's. */
export const nobody = 'nobody';
export const heartbeat = 'heartbeat';

/** The name of the times at which nobody is told of warnings. */
export const quietHours = 'quiet-hours';

const severity = (value: Severity) => is('severity', value);

/**
 * Where alerts of ours go, each to one receiver: by owner, then by severity. One whose severity nobody has heard of is taken for critical, so that a mistake is heard.
 *
 * @param matchers what takes them and no others
 */
export function routingTree(alerting: Alerting, matchers: readonly Matcher[]): AlertRoute {
  const owners = Object.keys(alerting.owners);
  return {
    matchers,
    receiver: receiverOf(alerting, 'critical'),
    // One message for all pods of a service that have the same trouble.
    groupBy: ['system', 'service', 'alertname'],
    ...timing(alerting),
    routes: [
      unheard(alerting),
      ...owners.flatMap((owner) => bySeverity(alerting, [is('owner', owner)], owner)),
      ...bySeverity(alerting, []),
    ],
  };
}

/** When messages go out that no route below says otherwise of. */
export function timing({ groupWait, groupInterval, repeat }: Alerting) {
  return {
    groupWait: spanText(groupWait),
    groupInterval: spanText(groupInterval),
    repeatInterval: spanText(repeat),
  };
}

/** What is critical at any time, and warnings outside the quiet hours. */
export function bySeverity(alerting: Alerting, matchers: readonly Matcher[], owner?: string): AlertRoute[] {
  return [
    { matchers: [...matchers, severity('critical')], receiver: receiverOf(alerting, 'critical', owner) },
    {
      matchers: [...matchers, severity('warning')],
      receiver: receiverOf(alerting, 'warning', owner),
      repeatInterval: spanText(alerting.repeatWarnings),
      ...(alerting.quietHours && { muteTimeIntervals: [quietHours] }),
    },
  ];
}

/** What no person hears. It goes out the sooner for that: whoever waits for it gives alarm when it is late. */
function unheard({ heartbeat: declared }: Alerting): AlertRoute {
  if (!declared) return { matchers: [severity('none')], receiver: nobody };
  const every = spanText(declared.every);
  return {
    matchers: [severity('none')],
    receiver: heartbeat,
    groupWait: '0s',
    // What has not changed is looked at again each `groupInterval`, and sent where `repeatInterval` has passed: a little less, so that it never has to wait for the next look.
    groupInterval: every,
    repeatInterval: '1s',
  };
}
