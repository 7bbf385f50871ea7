import { expect, test } from 'vitest';
import { problemsOf } from '../../test/problems-of.ts';
import { alertmanagerConfig, alertmanagerSecret, receiverOf } from './alerting.ts';
import { defineEnvironment, nodePort } from './environment.ts';

const url = { secret: 'alerting', key: 'url' };
const slack = { url, channel: '#alerts' };
const email = { to: ['a@b.example'], from: 'c@d.example', smarthost: 'mail.example:587' };
const user = { username: 'me', password: url };

const declare = (alerting: unknown) => () =>
  defineEnvironment({
    name: 'staging',
    domain: 'shop.example',
    images: { repository: 'registry.example/shop', tag: '1.2.3' },
    exposure: [nodePort()],
    monitoring: { release: 'monitoring', prometheus: { namespace: 'monitoring' } },
    alerting: alerting as ReturnType<typeof alertmanagerConfig>,
  });

test('minimal props', () => {
  expect(declare(alertmanagerConfig({ receivers: { people: { email } } }))().alerting).toEqual({
    kind: 'alertmanagerConfig',
    receivers: { people: { email: { ...email, tls: true } } },
    owners: {},
    groupWait: '30s',
    groupInterval: '5m',
    repeat: '4h',
    repeatWarnings: '1d',
  });
});

const receivers = { people: { email, slack }, channel: { slack } };

test('who is told: an owner by severity, else all by severity, else the first', () => {
  const told = (severity: 'critical' | 'warning', owner: string | undefined, props: object) =>
    receiverOf({ receivers: { ...receivers, third: { slack } }, owners: {}, ...props } as never, severity, owner);
  const owners = { team: { warning: 'third' } };
  expect(told('critical', 'team', {})).toBe('people');
  expect(told('warning', 'team', {})).toBe('people');
  expect(told('warning', 'team', { warning: 'channel' })).toBe('channel');
  expect(told('critical', 'team', { warning: 'channel', owners })).toBe('people');
  expect(told('warning', 'team', { warning: 'channel', owners })).toBe('third');
  expect(told('warning', 'other', { warning: 'channel', owners })).toBe('channel');
  expect(told('warning', undefined, { warning: 'channel', owners })).toBe('channel');
});

const at = 'staging.alerting';

test.each([
  [
    alertmanagerConfig({ receivers: {} }),
    `${at}.receivers: got {}; allowed: at least one receiver; fix: add one, such as people: { email: { ... } }, or delete alerting`,
  ],
  [
    alertmanagerConfig({ receivers: { people: {} } }),
    `${at}.receivers.people: got {}; allowed: email, slack, or both; fix: add one, or delete the receiver`,
  ],
  [
    alertmanagerConfig({ receivers: { ...receivers, heartbeat: { slack } } }),
    `${at}.receivers.heartbeat: got "heartbeat"; allowed: a name other than nobody and heartbeat, which stand for themselves; fix: rename it`,
  ],
  [
    alertmanagerConfig({ receivers, critical: 'poeple' }),
    `${at}.critical: got "poeple"; allowed: people | channel; fix: name one of receivers, or add it there`,
  ],
  [
    alertmanagerSecret({ receivers, owners: { team: { warning: 'toString' as never } } }),
    `${at}.owners.team.warning: got "toString"; allowed: a DNS label: 1 to 63 of a-z, 0-9 and -, a letter first, no - at the end; fix: use lower-case letters, digits and single dashes`,
  ],
  [
    alertmanagerSecret({ receivers, owners: { team: { warning: 'nobody' } } }),
    `${at}.owners.team.warning: got "nobody"; allowed: people | channel; fix: name one of receivers, or add it there`,
  ],
  [
    alertmanagerConfig({ receivers, quietHours: { from: '20:00', to: '20:00' } }),
    `${at}.quietHours.to: got "20:00"; allowed: another time than from; fix: change it, or delete quietHours`,
  ],
  [
    alertmanagerConfig({ receivers, quietHours: { from: '20:00', to: '24:00' } }),
    `${at}.quietHours.to: got "24:00"; allowed: a time of day from 00:00 to 23:59; fix: write hours and minutes`,
  ],
  [
    alertmanagerConfig({ receivers, quietHours: { from: '20:00', to: '07:00', timeZone: 'Europe/Berlin' } }),
    `${at}.quietHours.timeZone: got "Europe/Berlin"; allowed: Etc/UTC, as an AlertmanagerConfig knows no other time zone; fix: write the hours in UTC and delete it, or use alertmanagerSecret({ ... })`,
  ],
  [
    alertmanagerConfig({ receivers: { people: { email: { ...email, username: 'me' } } } }),
    `${at}.receivers.people.email.password: got nothing; allowed: the Secret and key of the password of username; fix: add it`,
  ],
  [
    alertmanagerConfig({ receivers: { people: { email: { ...email, password: url } } } }),
    `${at}.receivers.people.email.username: got nothing; allowed: the user whose password it is; fix: add it`,
  ],
  [
    alertmanagerConfig({ receivers: { people: { email: { ...email, to: ['Anna <a@b.example>'] } } } }),
    `${at}.receivers.people.email.to[0]: got "Anna <a@b.example>"; allowed: an e-mail address such as on-call@example.com; fix: write the address alone, without a name`,
  ],
  [
    alertmanagerConfig({ receivers: { people: { email: { ...email, smarthost: 'smtp://mail.example' } } } }),
    `${at}.receivers.people.email.smarthost: got "smtp://mail.example"; allowed: the host and port of a mail server, such as smtp.example.com:587; fix: write both, without a scheme`,
  ],
  [
    alertmanagerConfig({ receivers: { people: { slack: { url, channel: 'alerts' } } } }),
    `${at}.receivers.people.slack.channel: got "alerts"; allowed: a channel such as #alerts, or a person such as @anna; fix: write it with its # or @`,
  ],
  [
    alertmanagerConfig({ receivers, groupWait: '1500ms' as never, repeat: '6d' }),
    `${at}.groupWait: got "1500ms"; allowed: whole seconds from 0s to 10m; fix: write them without a fraction`,
    `${at}.repeat: got "6d"; allowed: a duration from 1m to 5d; fix: choose one in that range`,
  ],
])('%j is refused', (alerting, ...problems) => {
  expect(problemsOf(declare(alerting))).toEqual(problems);
});

test('time zones are for a whole configuration, which knows them', () => {
  const quietHours = { from: '20:00', to: '07:00', timeZone: 'Europe/Berlin' };
  expect(
    declare(alertmanagerSecret({ receivers: { people: { email: { ...email, ...user } } }, quietHours }))().alerting,
  ).toMatchObject({ quietHours });
});

test('a secret that stands where its Secret should be named is in no message', () => {
  const webhook = 'https://hooks.slack.com/services/T0/B0/token';
  const named = { ...email, username: 'a' };
  const wrong: Record<string, unknown>[] = [
    { receivers: { people: { email: { ...named, password: 'hunter2' } } } },
    { receivers: { people: { email: { ...named, password: { secret: 'alerting', key: 'k', value: 'hunter2' } } } } },
    { receivers: { people: { email: { ...named, password: { secret: 'Hunter2!', key: 'k' } } } } },
    { receivers: { people: { slack: webhook } } },
    { receivers: { people: { slack: { url: webhook, channel: '#a' } } } },
    { receivers: { people: { slack: { url, channel: '#a', webhook } } } },
    { receivers: { people: { slack: { url: { ...url, secret: webhook }, channel: '#a' } } } },
    { receivers: { people: { slack: { url, channel: '#a' } } }, heartbeat: { url: webhook } },
  ];
  for (const alerting of wrong) {
    const said = problemsOf(declare({ kind: 'secret', ...alerting }));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/: got "\(hidden\)"; allowed: /);
    expect(said[0]?.toLowerCase()).not.toMatch(/hunter2|hooks\.slack/);
  }
  expect(
    problemsOf(declare({ kind: 'secret', receivers: { people: { email: { ...named, password: 'hunter2' } } } })),
  ).toEqual([
    `${at}.receivers.people.email.password: got "(hidden)"; allowed: a Secret of the cluster and its key that holds the value, such as { secret: 'alerting', key: 'slack-url' }; fix: put the value into that Secret, and its name here`,
  ]);
  // What is no secret is still shown.
  const channel = { receivers: { people: { slack: { url, channel: 'alerts' } } } };
  expect(problemsOf(declare({ kind: 'secret', ...channel }))[0]).toContain('got "alerts"');
});
