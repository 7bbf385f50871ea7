import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../src/apps/kit/testing/eventually.ts';
import { freePort } from '../src/apps/kit/testing/free-port.ts';
import { alertmanagerConfiguration } from '../src/charts/observability/routing/alertmanager-configuration.ts';
import { alertmanagerSecret } from '../src/model/index.ts';
import { type Message, receiversProgram } from './alert-receivers.ts';
import { startAlertmanager } from './alertmanager.ts';
import { environmentWith } from './declarations.ts';

const labels = {
  ...{ alertname: 'PodCrashLooping', system: 'insta', namespace: 'insta', service: 'users', concern: 'pods' },
  ...{ severity: 'critical', owner: 'accounts', pod: 'users-1' },
};
const annotations = {
  summary: 'A pod of insta/users crashes again and again',
  description: 'users-1 was restarted 4 times.',
  runbook_url: 'https://runbooks.example.com/pod-crash-looping.md',
  dashboard_url: 'https://grafana.example.com/d/insta-users',
};

test('an alert arrives by e-mail and in Slack, and so does its end', async (context) => {
  const [mailPort, httpPort] = [await freePort(), await freePort()];
  const receivers = execa(process.execPath, ['-e', receiversProgram, String(mailPort), String(httpPort)]);
  receivers.catch(() => undefined);
  const folder = await mkdtemp(join(tmpdir(), 'alert-messages-'));
  onTestFinished(async () => {
    receivers.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  const slackUrl = join(folder, 'slack-url');
  await writeFile(slackUrl, `http://127.0.0.1:${httpPort}/slack`);

  const email = {
    to: ['a@example.com', 'b@example.com'],
    from: 'alerts@example.com',
    smarthost: `localhost:${mailPort}`,
  };
  const slack = { url: { secret: 'alerting', key: 'slack-url' }, channel: '#alerts' };
  const { alerting } = environmentWith({
    alerting: alertmanagerSecret({
      receivers: { people: { email: { ...email, tls: false }, slack } },
      groupWait: '0s',
      groupInterval: '1s',
    }),
  });
  if (!alerting) throw new Error('the declaration is lost');
  const configuration = alertmanagerConfiguration({ alerting, environment: 'staging', systems: [] });
  // Where the pod of Alertmanager has the Secret, this machine has nothing.
  const text = JSON.stringify(configuration).replaceAll('/etc/alertmanager/secrets/alerting/slack-url', slackUrl);
  await using alertmanager = await startAlertmanager(context, JSON.parse(text));

  const messages = async (count: number) =>
    eventually(async () => {
      const got = (await (await fetch(`http://127.0.0.1:${httpPort}/messages`)).json()) as Message[];
      expect(got).toHaveLength(count);
      return got;
    });
  await messages(0);
  await alertmanager.post([{ labels, annotations }]);
  const fired = await messages(2);
  const title = 'CRITICAL (1) PodCrashLooping insta users [staging]';
  expect(fired.find(({ by }) => by === 'slack')).toMatchObject({
    to: '#alerts',
    title,
    text: [
      '*A pod of insta/users crashes again and again*',
      'users-1 was restarted 4 times.',
      'Runbook: https://runbooks.example.com/pod-crash-looping.md',
      'Dashboard: https://grafana.example.com/d/insta-users',
      '',
    ].join('\n'),
  });
  const mail = fired.find(({ by }) => by === 'email');
  expect(mail).toMatchObject({ to: 'a@example.com, b@example.com', title });
  for (const each of Object.values(annotations)) expect(mail?.text).toContain(each);

  await alertmanager.post([{ labels, annotations, endsAt: new Date().toISOString() }]);
  const all = await messages(4);
  const ended = 'RESOLVED PodCrashLooping insta users [staging]';
  expect(
    all
      .slice(2)
      .map(({ by, title }) => [by, title])
      .toSorted(),
  ).toEqual([
    ['email', ended],
    ['slack', ended],
  ]);
  expect(all.slice(2).find(({ by }) => by === 'slack')?.text).toContain(`Resolved: *${annotations.summary}*`);
});
