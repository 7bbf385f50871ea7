import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type LoadReport, loadReport } from './loadtest/load-report.ts';
import { root } from './repository.ts';

// Each is a process that takes its time.
vi.setConfig({ testTimeout: 120_000 });

/** A server in place of bird. */
async function openBird(statusOf: (count: number) => number = () => 200) {
  const asked: { readonly host: string; readonly at: number }[] = [];
  const server = createServer((request, reply) => {
    asked.push({ host: request.headers.host ?? '', at: performance.now() });
    reply.writeHead(request.url === '/' ? statusOf(asked.length) : 404).end('{}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

interface Cluster {
  /** The environment of its namespace; none without one. @default 'local' */
  readonly environment?: string;
  /** How many pods of bird are Ready. @default 2 */
  readonly ready?: number;
  /** Whether it answers what no Kubernetes does. @default false */
  readonly odd?: boolean;
}

/** A folder with a kubectl in it, that of a cluster where bird runs. */
async function kubectlOf({ environment = 'local', ready = 2, odd = false }: Cluster) {
  const bin = await folder();
  const labels = { 'app.kubernetes.io/name': 'bird' };
  const deployment = {
    kind: 'Deployment',
    metadata: { name: 'bird' },
    spec: { replicas: 2 },
    status: { readyReplicas: ready },
  };
  const other = { ...deployment, metadata: { name: 'gateway' } };
  const scaleTargetRef = { kind: 'Deployment', name: 'bird' };
  const scaler = { kind: 'HorizontalPodAutoscaler', spec: { scaleTargetRef }, status: { desiredReplicas: 2 } };
  const usage = [
    { metadata: { name: 'bird-a', labels }, containers: [{ usage: { cpu: '12345678n' } }, { usage: { cpu: '1m' } }] },
    { metadata: { name: 'gateway-a', labels: {} }, containers: [{ usage: { cpu: '1' } }] },
  ];
  await writeFile(
    join(bin, 'kubectl'),
    `#!${process.execPath}
const args = process.argv.slice(2);
const show = (value) => console.log(JSON.stringify(value));
if (args.includes('/version')) show({});
else if (args.includes('current-context')) console.log('kind-test');
else if (args.includes('namespace')) process.stdout.write(${JSON.stringify(environment && `bird ${environment}`)});
else if (args.some((each) => each.startsWith('/apis/metrics'))) show(${JSON.stringify({ items: odd ? [{ metadata: { name: 'bird-a' }, containers: null }] : usage })});
else if (args.some((each) => each.startsWith('deployments'))) show(${JSON.stringify({ items: [deployment, other, scaler] })});
else process.exit(3);
`,
  );
  await chmod(join(bin, 'kubectl'), 0o755);
  return bin;
}

async function folder() {
  const made = await mkdtemp(join(tmpdir(), 'loadtest-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

/** Runs the command, with a kubectl or without. */
async function start(args: readonly string[], bin?: string) {
  const out = await folder();
  const run = execa(process.execPath, ['src/tools/loadtest.ts', ...args, '--out', out], {
    ...{
      cwd: root,
      env: { PATH: bin ?? out, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 110_000,
    },
  });
  return { run, out };
}

async function reportsIn(
  out: string,
): Promise<{ readonly name: string; readonly report: LoadReport; readonly page: string }[]> {
  const names = await readdir(out);
  return Promise.all(
    names.map(async (name) => ({
      name,
      report: loadReport.parse(JSON.parse(await readFile(join(out, name, 'report.json'), 'utf8'))),
      page: await readFile(join(out, name, 'report.html'), 'utf8'),
    })),
  );
}

describe('npm run loadtest', () => {
  test('sends what was asked for, evenly, and says so in a report', async () => {
    const { asked, url } = await openBird();
    const args = ['bird', '--profile', 'soak', '--rate', '40', '--for', '3s', '--service', 'bird', '--url', url];
    const { run, out } = await start(args);
    const { exitCode, stdout } = await run;
    expect(stdout).toMatch(/^pods are not followed: kubectl: got none on PATH/);
    expect(stdout).toMatch(/40\/s \(\d s left\) {2}asked 40\/s {2}answered \d+\/s {2}errors 0 {2}p50\/p95\/p99 /);
    expect(stdout).toMatch(/40\/s: passed, 120 requests, p50\/p95\/p99 /);
    expect([exitCode, asked.length]).toEqual([0, 120]);
    // By the first label of the host, behind an address.
    expect(new Set(asked.map(({ host }) => host))).toEqual(new Set(['bird.test']));
    const [found, ...others] = await reportsIn(out);
    expect(others).toEqual([]);
    expect(found?.name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-bird-soak$/);
    expect(found?.page).toContain('Load test of bird: passed');
    const { samples = [], passed, called, routes, pods } = found?.report ?? {};
    expect([passed, called?.slice(0, args.length), pods]).toEqual([true, args, []]);
    expect(samples.reduce((sum, { answered }) => sum + answered, 0)).toBe(120);
    expect(routes).toMatchObject([{ service: 'bird', name: 'GET /', asked: 120, answered: 120, failed: 0 }]);
  });

  test('follows the pods of a cluster, and fails where they are not as they were said to be', async () => {
    const { url } = await openBird();
    const soak = ['bird', '--profile', 'soak', '--rate', '10', '--for', '5s', '--url', url, '--expect', 'bird=2'];
    const good = await start(soak, await kubectlOf({}));
    const { exitCode, stdout } = await good.run;
    expect(stdout).toMatch(/^cluster: kind-test, namespace: bird$/m);
    expect(stdout).toContain('bird 2/2');
    expect(exitCode).toBe(0);
    const report = (await reportsIn(good.out))[0]?.report;
    expect(report?.pods.length).toBeGreaterThanOrEqual(2);
    const { cpu, ...counts } = report?.pods[0]?.services['bird'] ?? {};
    expect(counts).toEqual({ ready: 2, wanted: 2, desired: 2, declared: 2 });
    expect(cpu?.['bird-a']).toBeCloseTo(13.3457, 3);
    // What must have a query is asked by nobody who knows nothing of it.
    expect(report?.services['bird-image']?.share).toBe(0);

    const bad = await start(soak, await kubectlOf({ ready: 1 }));
    const failed = await bad.run;
    expect(failed.stdout).toContain('failed: pods of bird: got 1 Ready of 2 wanted; allowed: 2 Ready all the while');
    expect(failed.exitCode).toBe(1);
  });

  test('sends nothing on the way down, and ends it once pods have been back for a while', async () => {
    const { asked, url } = await openBird();
    const args = ['bird', '--levels', '10', '--hold', '5s', '--down', '10m', '--url', url, '--expect', 'bird=2'];
    const { run, out } = await start(args, await kubectlOf({}));
    const { exitCode } = await run;
    expect([exitCode, asked.length]).toEqual([0, 50]);
    const { phases = [], results = [], samples = [] } = (await reportsIn(out))[0]?.report ?? {};
    expect(phases.map(({ name, interrupted }) => [name, interrupted])).toEqual([
      ['10/s', false],
      ['down', false],
    ]);
    expect(results.at(-1)).toMatchObject({ phase: 'down', asked: 0, checks: [{ service: 'bird', passed: true }] });
    expect(samples.at(-1)?.at).toBeLessThan(90);
  });

  test('fails by errors, and tells which', async () => {
    const { url } = await openBird((count) => (count % 10 === 0 ? 503 : 200));
    const { run } = await start([
      'bird',
      '--profile',
      'soak',
      '--rate',
      '40',
      '--for',
      '2s',
      '--url',
      url,
      '--no-pods',
    ]);
    const { exitCode, stdout } = await run;
    expect(stdout).toContain('failed: errors of bird: got 10 % (8 x 503); allowed: at most 0.1 %');
    expect(stdout).toMatch(/^pods are not followed: left out by --no-pods/);
    expect(exitCode).toBe(1);
  });

  test('Ctrl+C ends it, and there is a report of what was', async () => {
    const { asked, url } = await openBird();
    const { run, out } = await start(['bird', '--levels', '20,40', '--hold', '1h', '--url', url, '--no-pods']);
    while (asked.length < 20) await sleep(50);
    run.kill('SIGINT');
    const { exitCode, stdout } = await run;
    expect(stdout).toContain('ending, once requests under way are answered');
    expect(stdout).toContain('20/s: not judged');
    expect(stdout).toContain('ended early: what was not tried has not passed');
    expect(exitCode).toBe(1);
    const [found] = await reportsIn(out);
    expect(found?.report.phases).toMatchObject([{ name: '20/s', interrupted: true }]);
    expect(found?.report.routes.reduce((sum, route) => sum + route.answered, 0)).toBe(asked.length);
  });

  test('an odd answer of kubectl ends no load', async () => {
    const { asked, url } = await openBird();
    const args = ['bird', '--profile', 'soak', '--rate', '10', '--for', '3s', '--url', url];
    const { run, out } = await start(args, await kubectlOf({ odd: true }));
    const { exitCode, stdout } = await run;
    expect(stdout).toMatch(/^pods: kubectl: got something else than what pods use as Kubernetes tells them/m);
    expect([exitCode, asked.length, (await reportsIn(out)).length]).toEqual([0, 30, 1]);
  });

  test.each([
    ['with --expect', ['bird', '--levels', '5', '--expect', 'bird=2']],
    ['of the declared table', ['insta', '--service', 'posts']],
  ])('a test of pods that nobody can look at does not begin: %s', async (_, args) => {
    const { run, out } = await start([...args, '--url', 'http://127.0.0.1:1']);
    const { exitCode, stderr } = await run;
    expect(stderr).toMatch(
      /^cluster: got none: .*; allowed: one whose pods .*; fix: choose its context, or leave pods out by --no-pods$/,
    );
    expect(exitCode).toBe(1);
    expect(await readdir(out)).toEqual([]);
  });

  const named = ['--url', 'http://127.0.0.1:1'];
  test.each<[what: string, args: string[], message: RegExp]>([
    ['no system', [], /missing required argument 'system'/],
    ['a system that is none', ['brid'], /^unknown system: got brid; allowed: bird \| insta/],
    [
      'a service that is none',
      ['bird', '--service', 'brid'],
      /^unknown service: got brid; allowed: bird \| bird-image/,
    ],
    ['an expectation of none', ['bird', '--expect', 'brid=2'], /^unknown service: got brid/],
    ['an environment that is none', ['bird', '--environment', 'here'], /^unknown environment: got here/],
    [
      'no levels, of several services',
      ['bird', ...named],
      /^--levels: got none, and several services are asked; allowed: requests each second in all; fix: such as --levels 50,150/,
    ],
    [
      'no levels, of one without a table',
      ['bird', '--service', 'bird', ...named],
      /^--levels: got none, and bird has no table: it scales by CPU/,
    ],
    ['a wrong profile', ['bird', '--profile', 'spike'], /^--profile: got spike; allowed: steps \| ramp \| soak/],
    [
      'a URL with a path',
      ['bird', '--levels', '1', '--url', 'http://a/b'],
      /^--url: got "http:\/\/a\/b"; allowed: http/,
    ],
    [
      'pods that are expected and not followed',
      ['bird', '--no-pods', '--expect', 'bird=2', ...named],
      /^--expect: got pods, and --no-pods beside it; allowed: one of the two; fix: /,
    ],
    ['an option that is none', ['bird', '--rates', '5'], /unknown option '--rates'/],
  ])('%s', async (_, args, message) => {
    const { run, out } = await start(args);
    const { exitCode, stderr } = await run;
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect([exitCode, await readdir(out)]).toEqual([2, []]);
  });

  test('the cluster of another environment is no place to look at pods', async () => {
    const bin = await kubectlOf({ environment: 'staging' });
    const { run } = await start(['bird', '--levels', '1'], bin);
    const { exitCode, stderr } = await run;
    expect(stderr).toMatch(/^environment: got local, but the namespace bird of this cluster is of staging/);
    expect(exitCode).toBe(1);
  });

  test('--help says whose SLOs hold, and the exit codes', async () => {
    const { run } = await start(['--help']);
    const { exitCode, stdout } = await run;
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('default: as its slo.latency says');
    expect(stdout).toContain(
      'Exit codes: 0 all passed, 1 something failed or it was ended early, 2 called in a wrong way',
    );
    expect(exitCode).toBe(0);
  });
});
