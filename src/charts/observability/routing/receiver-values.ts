import type { Alerting, SecretValue } from '../../../model/index.ts';

/** Where a value stands that only a person knows, and what it is. */
export interface ReceiverValue extends SecretValue {
  readonly description: string;
}

/** What somebody has to put into Secrets, so that messages go out. */
export function receiverValues({ receivers, heartbeat }: Alerting): ReceiverValue[] {
  return [
    ...Object.entries(receivers).flatMap(([name, { email, slack }]) => [
      ...(email?.password
        ? [
            {
              ...email.password,
              description: `the password of ${email.username} at ${email.smarthost}, to tell ${name}`,
            },
          ]
        : []),
      ...(slack
        ? [{ ...slack.url, description: `the URL of Slack's incoming webhook for ${slack.channel}, to tell ${name}` }]
        : []),
    ]),
    ...(heartbeat ? [{ ...heartbeat.url, description: 'the URL that is called as long as all is well' }] : []),
  ];
}

/** The names of these Secrets, each once. */
export function receiverSecrets(alerting: Alerting): string[] {
  return [...new Set(receiverValues(alerting).map(({ secret }) => secret))];
}
