import { z } from 'zod';
import { type AddProblem, across, form, listOf, oneOfKinds, rule, strict } from './declaration-error.ts';
import { secondsFrom } from './duration.ts';
import { dnsLabel, objectName, secretKey } from './names.ts';
import { timeZone } from './time-zone.ts';

const mailAddress = form(
  /^[^\s@<>,]+@[^\s@<>,]+$/,
  'an e-mail address such as on-call@example.com',
  'write the address alone, without a name',
);

const mailServer = form(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?:\d{1,5}$/,
  'the host and port of a mail server, such as smtp.example.com:587',
  'write both, without a scheme',
);

const slackChannel = form(
  /^[#@][\w.-]+$/,
  'a channel such as #alerts, or a person such as @anna',
  'write it with its # or @',
);

const time = form(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day from 00:00 to 23:59', 'write hours and minutes');

/** A value that only the cluster knows. */
const secretValue = strict(
  {
    /** The Secret's name. */
    secret: objectName,
    /** The key in it. */
    key: secretKey,
  },
  rule(
    "a Secret of the cluster and its key that holds the value, such as { secret: 'alerting', key: 'slack-url' }",
    'put the value into that Secret, and its name here',
  ),
);

const email = across(
  strict({
    /** Who gets it. */
    to: listOf(mailAddress, 'address', "name one, such as ['on-call@example.com']"),
    /** Whom it is from. Most servers take only the address of `username`. */
    from: mailAddress,
    /** The server that takes it, with its port. At 465 it is TLS from the start, at others by STARTTLS. */
    smarthost: mailServer,
    /** Who we are to the server. @default - it asks for nobody */
    username: z.string().min(1).optional(),
    /** The password of `username`. @default - none */
    password: secretValue.optional(),
    /** Whether the server must speak TLS. Only for one inside the cluster may it be false. @default true */
    tls: z.boolean().default(true),
  }),
  ({ username, password }, add) => {
    if (username !== undefined && password === undefined)
      add(['password'], undefined, 'the Secret and key of the password of username', 'add it, or delete username');
    if (username === undefined && password !== undefined)
      add(['username'], undefined, 'the user whose password it is', 'add it, or delete password');
  },
);

const slack = strict({
  /** The Secret with the URL of the incoming webhook, which is all that one needs to write there. */
  url: secretValue,
  /** Where it is written. */
  channel: slackChannel,
});

const receiver = across(
  strict({
    /** By e-mail. @default - not so */
    email: email.optional(),
    /** In Slack. @default - not so */
    slack: slack.optional(),
  }),
  (declared, add) => {
    if (!declared.email && !declared.slack)
      add([], declared, 'email, slack, or both', 'add one, or delete the receiver');
  },
);

/** Receivers that we make ourselves. */
const ownReceivers = ['nobody', 'heartbeat'];

const shared = {
  /** Who can be told, by a name of your choice: each by e-mail, in Slack, or both. */
  receivers: z.record(dnsLabel, receiver),
  /** Who is told at once of what is critical. @default - the first of `receivers` */
  critical: dnsLabel.optional(),
  /** Who is told of warnings. @default - the first of `receivers` */
  warning: dnsLabel.optional(),
  /** Who is told instead of what a team owns, by the `owner` of services. @default - nobody: all are told of everything */
  owners: z
    .record(
      dnsLabel,
      strict({
        /** Who is told of what is critical. @default - as without an owner */
        critical: dnsLabel.optional(),
        /** Who is told of warnings. @default - as without an owner */
        warning: dnsLabel.optional(),
      }),
    )
    .default({}),
  /** How long a first alert waits for others that go into the same message. @default '30s' */
  groupWait: secondsFrom('0s', '10m').default('30s'),
  /** How long after a message the next about the same goes out, where there is news, such as its end. @default '5m' */
  groupInterval: secondsFrom('1s', '1h').default('5m'),
  /** How often what is critical is said again while nothing changes. @default '4h' */
  repeat: secondsFrom('1m', '5d').default('4h'),
  /** How often warnings are said again while nothing changes. @default '1d' */
  repeatWarnings: secondsFrom('1m', '5d').default('1d'),
  /** When nobody is told of warnings; those that still hold afterwards are told then. What is critical is told at any time. @default - never */
  quietHours: strict({
    /** When they begin, such as `'20:00'`, each day. */
    from: time,
    /** When they end; before `from`, it is on the next day. */
    to: time,
    /** Whether Saturday and Sunday are quiet all day. @default false */
    weekends: z.boolean().default(false),
    /** The time zone of all that. An AlertmanagerConfig has UTC alone. @default 'Etc/UTC' */
    timeZone: timeZone.default('Etc/UTC'),
  }).optional(),
  /**
   * Where each system's alert that always fires is sent, every `every`: somebody outside the cluster that raises the alarm once it no longer comes, such as healthchecks.io.
   * @default - nowhere: who watches the watchers stays unanswered
   */
  heartbeat: strict({
    /** The Secret with the URL that is called. */
    url: secretValue,
    /** How often. @default '5m' */
    every: secondsFrom('1m', '1h').default('5m'),
  }).optional(),
};

/** Who is told of alerts, and how they hear of it. */
export const alerting = across(
  oneOfKinds('kind', [
    strict({ kind: z.literal('alertmanagerConfig'), ...shared }),
    strict({ kind: z.literal('secret'), ...shared }),
  ]),
  (declared, add) => {
    const { receivers, quietHours } = declared;
    if (Object.keys(receivers).length === 0)
      add(
        ['receivers'],
        receivers,
        'at least one receiver',
        'add one, such as people: { email: { ... } }, or delete alerting',
      );
    for (const name of Object.keys(receivers).filter((each) => ownReceivers.includes(each)))
      add(
        ['receivers', name],
        name,
        `a name other than ${ownReceivers.join(' and ')}, which stand for themselves`,
        'rename it',
      );
    knownReceivers([], declared, receivers, add);
    for (const [owner, theirs] of Object.entries(declared.owners))
      knownReceivers(['owners', owner], theirs, receivers, add);
    if (quietHours && quietHours.from === quietHours.to)
      add(['quietHours', 'to'], quietHours.to, 'another time than from', 'change it, or delete quietHours');
    if (quietHours && declared.kind === 'alertmanagerConfig' && quietHours.timeZone !== 'Etc/UTC')
      add(
        ['quietHours', 'timeZone'],
        quietHours.timeZone,
        'Etc/UTC, as an AlertmanagerConfig knows no other time zone',
        'write the hours in UTC and delete it, or use alertmanagerSecret({ ... })',
      );
  },
);

function knownReceivers(
  path: readonly PropertyKey[],
  named: { readonly critical?: string | undefined; readonly warning?: string | undefined },
  receivers: Readonly<Record<string, unknown>>,
  add: AddProblem,
): void {
  for (const severity of ['critical', 'warning'] as const) {
    const name = named[severity];
    if (name !== undefined && !Object.hasOwn(receivers, name))
      add([...path, severity], name, Object.keys(receivers).join(' | '), 'name one of receivers, or add it there');
  }
}

export type Alerting = z.output<typeof alerting>;
export type AlertReceiver = Alerting['receivers'][string];
/** A key of a Secret, whose value only the cluster knows. */
export type SecretValue = z.output<typeof secretValue>;

type Options<Kind extends Alerting['kind']> = Omit<Extract<z.input<typeof alerting>, { kind: Kind }>, 'kind'>;

/** An AlertmanagerConfig in each system's namespace, beside what the Alertmanager of the cluster is told otherwise. The Secrets are in those namespaces. */
export function alertmanagerConfig(options: Options<'alertmanagerConfig'>) {
  return { kind: 'alertmanagerConfig' as const, ...options };
}

/**
 * The whole configuration of the cluster's Alertmanager, for the Secret that it reads: alerts about the cluster itself are told to the same people. The Secrets are in the
 * namespace of Alertmanager, which has them as files: the configuration holds none of their values.
 */
export function alertmanagerSecret(options: Options<'secret'>) {
  return { kind: 'secret' as const, ...options };
}

/** The receiver of alerts of a severity, and of one owner's where one is named. */
export function receiverOf(
  { receivers, owners, ...all }: Pick<Alerting, 'receivers' | 'owners' | 'critical' | 'warning'>,
  severity: 'critical' | 'warning',
  owner?: string,
): string {
  const [first = ''] = Object.keys(receivers);
  return (owner !== undefined ? owners[owner]?.[severity] : undefined) ?? all[severity] ?? first;
}
