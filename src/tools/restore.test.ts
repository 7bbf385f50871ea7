import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { root } from './repository.ts';

// Each is a process that starts some more.
vi.setConfig({ testTimeout: 120_000 });

/** What the cluster of a test has. */
interface Cluster {
  /** The times of the backups there are. @default - two */
  readonly backups?: readonly string[];
  /** Since when the database of the last one was new. @default - it was not */
  readonly newSince?: string;
  /** Whether the CronJobs are there. @default true */
  readonly isApplied?: boolean;
  /** Why every Job but the list fails. @default - none does */
  readonly failure?: string;
  /** How many Jobs there have to be before one ends. @default 1 */
  readonly together?: number;
  /** What is written to standard error, as everything fails. @default - nothing */
  readonly away?: string;
}

interface Job {
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly { readonly controller: boolean }[] };
  readonly spec: {
    readonly backoffLimit: number;
    readonly template: {
      readonly metadata: object;
      readonly spec: { readonly containers: readonly { readonly args: readonly string[]; readonly image: string }[] };
    };
  };
}

const times = ['2026-11-20T03:17:00.000Z', '2026-11-21T03:17:00.000Z'];
const keyOf = (at: string) => `insta/posts/${at.replaceAll(':', '-')}.sql.gz`;

/** Runs a command with a kubectl that has Jobs run at once, and keeps them. */
async function tool(command: 'backup' | 'restore', args: readonly string[], cluster: Cluster = {}) {
  const { backups = times, newSince, isApplied = true, failure = '', together = 1, away = '' } = cluster;
  const bin = await mkdtemp(join(tmpdir(), 'restore-'));
  onTestFinished(() => rm(bin, { recursive: true }));
  const cronJob = {
    metadata: { name: 'posts-backup', uid: 'u-1', labels: { 'app.kubernetes.io/name': 'posts-backup' } },
    spec: {
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          template: {
            metadata: { labels: { 'app.kubernetes.io/name': 'posts-backup' } },
            spec: { restartPolicy: 'Never', containers: [{ name: 'backup', image: 'posts:1', args: ['backup'] }] },
          },
        },
      },
    },
  };
  const log = [
    ...backups.map((at) => ({
      ...{ severity_text: 'INFO', body: 'a backup', key: keyOf(at), at, bytes: 2_000 },
      ...(at === backups.at(-1) && { newSince }),
    })),
    { severity_text: 'INFO', body: 'that was all' },
  ];
  const script = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const jobs = ${JSON.stringify(join(bin, 'jobs'))};
if (${JSON.stringify(away)}) { console.error(${JSON.stringify(away)}); process.exit(1); }
const created = () => readFileSync(jobs, 'utf8').trim().split('\\n');
const last = () => JSON.parse(created().at(-1));
const isList = () => last().spec.template.spec.containers[0].args[0] === 'backups';
const show = (value) => console.log(JSON.stringify(value));
if (args.includes('current-context')) console.log('kind-test');
else if (args.includes('namespace')) process.stdout.write('insta local');
else if (args.includes('cronjob')) ${isApplied} && show(${JSON.stringify(cronJob)});
else if (args.includes('create')) appendFileSync(jobs, readFileSync(0, 'utf8') + '\\n');
else if (args.includes('job')) show({ status: { conditions: created().length < ${together} ? [] : [${JSON.stringify(failure)} && !isList()
  ? { type: 'Failed', status: 'True', message: ${JSON.stringify(failure)} } : { type: 'Complete', status: 'True' }] } });
else if (args.includes('pods')) show({ items: [{ metadata: { name: 'pod', creationTimestamp: '1' }, status: {} }] });
else if (args.includes('logs')) (isList() ? ${JSON.stringify(log)} : [{ timestamp: 't', severity_text: 'INFO', 'service.name': 'posts', body: 'restored', rows: 7 }]).forEach(show);
else process.exit(3);
`;
  await writeFile(join(bin, 'kubectl'), script);
  // Else that of a folder around it decides.
  await writeFile(join(bin, 'package.json'), '{ "type": "commonjs" }');
  await chmod(join(bin, 'kubectl'), 0o755);
  const result = await execa(process.execPath, [`src/tools/${command}.ts`, ...args], {
    ...{ cwd: root, env: { PATH: bin }, extendEnv: false, reject: false, stdin: 'ignore', timeout: 110_000 },
  });
  const text = await readFile(join(bin, 'jobs'), 'utf8').catch(() => '');
  const jobs = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Job);
  return { ...result, jobs };
}

const argsOf = (jobs: readonly Job[]) => jobs.map(({ spec }) => spec.template.spec.containers[0]?.args);

describe('npm run restore', () => {
  test('takes the newest, by a Job of the CronJob that does not count as a backup', async () => {
    const { exitCode, stdout, jobs } = await tool('restore', ['insta', 'posts', '--yes']);
    expect(exitCode).toBe(0);
    expect(argsOf(jobs)).toEqual([['backups'], ['restore', keyOf(times[1] ?? '')]]);
    expect(jobs[1]?.metadata.name).toMatch(/^posts-restore-[0-9a-f]{6}$/);
    expect(jobs[1]?.metadata.ownerReferences).toBeUndefined();
    expect(jobs[1]?.spec).toMatchObject({
      backoffLimit: 0,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'posts-backup' } },
        spec: { restartPolicy: 'Never' },
      },
    });
    expect(jobs[1]?.spec.template.spec.containers[0]?.image).toBe('posts:1');
    expect(stdout.split('\n')).toEqual([
      'cluster: kind-test, namespace: insta',
      'replaces all that the database insta/posts has now',
      `    with ${keyOf(times[1] ?? '')}, which is of ${times[1]} and has 2 KiB`,
      'to keep what it has now: npm run backup -- insta posts',
      'posts: restored rows=7',
    ]);
  });

  test.each([
    ['2026-11-20', 0],
    ['2026-11-21', 1],
    ['2026-11-21T03:17:00Z', 1],
    ['2026-11-21T04:16:59+01:00', 0],
  ])('--at %s takes the newest of then or before', async (at, index) => {
    const { jobs } = await tool('restore', ['insta', 'posts', '--yes', '--at', at]);
    expect(argsOf(jobs).at(-1)).toEqual(['restore', keyOf(times[index] ?? '')]);
  });

  test('--list changes nothing', async () => {
    const { exitCode, stdout, jobs } = await tool('restore', ['insta', 'posts', '--list']);
    expect(exitCode).toBe(0);
    expect(argsOf(jobs)).toEqual([['backups']]);
    expect(stdout.split('\n').slice(1)).toEqual([
      ...times.map((at) => `${at}  2 KiB  ${keyOf(at)}`),
      '2 backups of insta/posts',
    ]);
  });

  describe('of a database that was new, as after a loss', () => {
    const [full = '', empty = ''] = times;
    const newSince = '2026-11-20T22:00:00.000Z';
    const cluster = { newSince };

    test('is marked in the list', async () => {
      const { stdout } = await tool('restore', ['insta', 'posts', '--list'], cluster);
      expect(stdout.split('\n').slice(1, 3)).toEqual([
        `${full}  2 KiB  ${keyOf(full)}`,
        `${empty}  2 KiB  ${keyOf(empty)}  its database was new at ${newSince}, as after a loss`,
      ]);
    });

    test.each([[[]], [['--at', '2026-11-21']], [['--at', '2026-11-21T12:00:00Z']]])(
      'is not taken by %j',
      async (at) => {
        const { exitCode, stderr, jobs } = await tool('restore', ['insta', 'posts', '--yes', ...at], cluster);
        expect(stderr).toBe(
          `--at: got a choice of the backup of ${empty}, but its database was new at ${newSince}, as after a loss; allowed: the very time of a backup; fix: --at ${full} for what was there before, or --at ${empty} for this one`,
        );
        expect([exitCode, argsOf(jobs)]).toEqual([2, [['backups']]]);
      },
    );

    test('the one of before is taken by its time, and the new one by its own', async () => {
      const before = await tool('restore', ['insta', 'posts', '--yes', '--at', '2026-11-20'], cluster);
      expect(argsOf(before.jobs).at(-1)).toEqual(['restore', keyOf(full)]);
      expect(before.stdout).not.toContain('loss');
      const after = await tool('restore', ['insta', 'posts', '--yes', '--at', empty], cluster);
      expect(argsOf(after.jobs).at(-1)).toEqual(['restore', keyOf(empty)]);
      expect(after.stdout).toContain(
        `without what is in the backup of ${full}: its database was new at ${newSince}, as after a loss`,
      );
    });

    test('is as good as any where those of before are gone', async () => {
      const { jobs } = await tool('restore', ['insta', 'posts', '--yes'], { backups: [empty], newSince });
      expect(argsOf(jobs).at(-1)).toEqual(['restore', keyOf(empty)]);
    });
  });

  const cases: [what: string, args: string[], cluster: Cluster, code: number, message: RegExp][] = [
    [
      'no terminal to ask at',
      ['insta', 'posts'],
      {},
      2,
      /^confirmation: got no terminal to ask at; allowed: a terminal, or --yes; fix/,
    ],
    ['a system that is none', ['inst', 'posts', '--yes'], {}, 2, /^unknown system: got inst; allowed: bird \| insta/],
    ['a system without a database', ['bird', 'bird', '--yes'], {}, 2, /^backups: got none of bird in local; allowed/],
    [
      'a database that is none',
      ['insta', 'post', '--yes'],
      {},
      2,
      /^unknown database: got post; allowed: auth \| users \| posts \| media/,
    ],
    [
      'an environment whose operator makes them',
      ['insta', 'posts', '--yes', '--environment', 'production'],
      {},
      2,
      /^backups: got none of insta in production/,
    ],
    [
      'another environment',
      ['insta', 'posts', '--yes', '--environment', 'staging'],
      {},
      1,
      /of this cluster is of local; allowed: local; fix: npm run restore -- insta posts --environment local/,
    ],
    [
      'no CronJob',
      ['insta', 'posts', '--yes'],
      { isApplied: false },
      1,
      /^cronjob: got none called posts-backup .*; fix: npm run synth, then kubectl apply -f dist\//,
    ],
    [
      'no backup',
      ['insta', 'posts', '--yes'],
      { backups: [] },
      1,
      /^backups: got none of insta\/posts; .* npm run backup -- insta posts makes one/,
    ],
    [
      'a time before all',
      ['insta', 'posts', '--yes', '--at', '2020-01-01'],
      {},
      2,
      /^--at: got 2020-01-01, before the oldest backup; allowed: 2026-11-20T03:17:00.000Z or later/,
    ],
    [
      'a time without a zone',
      ['insta', 'posts', '--yes', '--at', '2026-11-21T10:00'],
      {},
      2,
      /^--at: got 2026-11-21T10:00; allowed: a day \(UTC\), or a time with its zone/,
    ],
    ['no time at all', ['insta', 'posts', '--yes', '--at', 'yesterday'], {}, 2, /^--at: got yesterday/],
    [
      'a cluster that is away',
      ['insta', 'posts', '--yes'],
      { away: 'connection refused' },
      1,
      /^kubectl config: connection refused/,
    ],
    [
      'a Job that fails',
      ['insta', 'posts', '--yes'],
      { failure: 'Job has reached the specified backoff limit' },
      1,
      /^the Job posts-restore-[0-9a-f]{6} failed: Job has reached the specified backoff limit; fix: see the lines above/,
    ],
  ];
  test.each(cases)('%s', async (_, args, cluster, code, message) => {
    const { exitCode, stderr } = await tool('restore', args, cluster);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
    expect(stderr).not.toContain('    at ');
  });
});

describe('npm run backup', () => {
  const databases = ['auth', 'media', 'posts', 'users'];

  test('backs every database up at the same time, each as a run of its CronJob', async () => {
    const { exitCode, stdout, jobs } = await tool('backup', ['insta'], { together: databases.length });
    expect(exitCode).toBe(0);
    expect(argsOf(jobs)).toEqual([['backup'], ['backup'], ['backup'], ['backup']]);
    expect(jobs.map(({ metadata }) => metadata.name.slice(0, -7)).toSorted()).toEqual(
      databases.map((name) => `${name}-backup`),
    );
    expect(stdout.split('\n').slice(1).toSorted()).toEqual(databases.map((name) => `${name}: restored rows=7`));
    for (const { metadata } of jobs) {
      expect(metadata.ownerReferences).toEqual([
        { apiVersion: 'batch/v1', kind: 'CronJob', name: 'posts-backup', uid: 'u-1', controller: true },
      ]);
    }
  });

  test('tells of each that failed, once all have ended', async () => {
    const { exitCode, stderr, jobs } = await tool('backup', ['insta'], { failure: 'DeadlineExceeded' });
    expect(exitCode).toBe(1);
    expect(jobs).toHaveLength(databases.length);
    for (const name of databases)
      expect(stderr).toMatch(new RegExp(`^the Job ${name}-backup-[0-9a-f]{6} failed: DeadlineExceeded; fix: .+$`, 'm'));
  });

  test('or the one that is named, and fails with it', async () => {
    const { exitCode, stderr, jobs } = await tool('backup', ['insta', 'posts'], { failure: 'DeadlineExceeded' });
    expect(jobs).toHaveLength(1);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('failed: DeadlineExceeded')]);
  });
});
