import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { exampleReport } from '../loadtest/testing/example-report.ts';
import { root } from '../repository.ts';
import { CommandError } from '../run-command.ts';
import { simulateCommand } from './simulate-command.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'simulate-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

/** Runs the command in this process. */
async function run(args: readonly string[]) {
  const out = await folder();
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  await simulateCommand()
    .exitOverride()
    .parseAsync([...args, '--out', out], { from: 'user' });
  const text = print.mock.calls.map(([line]) => line).join('\n');
  const names = await readdir(out);
  const read = (file: string) => readFile(join(out, names[0] ?? '', file), 'utf8');
  return { text, names, page: await read('report.html'), report: JSON.parse(await read('report.json')) };
}

test('a day of one service, beside CPU and the most pods', async () => {
  const { text, names, page, report } = await run(['insta', '--service', 'posts', '--profile', 'day']);
  expect(text).toMatch(
    /^posts of insta in local, simulated with day: 24:00:00 long, at most 350 requests per second, /,
  );
  expect(text).toMatch(
    /^ +pod hours +cost +most pods +worst saturation +under capacity +requests over capacity +scale events$/m,
  );
  for (const name of ['declared', 'by CPU', 'the most pods'])
    expect(text).toMatch(new RegExp(`^ {2}${name} +\\d`, 'm'));
  expect(text).toMatch(/^declared: --capacity 50, --cpu-request 50m$/m);
  expect(text).toMatch(/^assumed: --pod-start 8 s, /m);
  expect(text).toMatch(/^note: by CPU: 70 % of 50m are 13\.9 requests\/s of a pod, 28 % of its capacity\.$/m);
  expect(names).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-insta-day$/)]);
  expect(page).toContain('<h1>Simulation of insta: posts</h1>');
  expect(report).toMatchObject({ simulated: true, system: 'insta', environment: 'local' });
  const [declared, byCpu, most] = report.services[0].outcomes;
  expect([declared.name, byCpu.name, most.name]).toEqual(['declared', 'by CPU', 'the most pods']);
  expect(declared.scaling.table.at(-1)).toEqual({ upTo: null, pods: 10 });
  expect(most.summary).toMatchObject({ podHours: 240, scaleEvents: 0, secondsUnder: 0 });
  expect(declared.summary.podHours).toBeLessThan(most.summary.podHours);
  expect(declared.events.length).toBe(declared.summary.scaleEvents);
});

test('each service that scales, of a system that scales by CPU too', async () => {
  const { report } = await run(['bird', '--env', 'production', '--profile', 'spike']);
  expect(report.services.map(({ service }: { service: string }) => service)).toEqual(['bird', 'bird-image']);
  const [{ outcomes, notes }] = report.services;
  // As production overrides it.
  expect(outcomes[0].scaling).toMatchObject({ kind: 'cpu', min: 3, max: 20 });
  expect(outcomes[1]).toMatchObject({ name: 'by requests', scaling: { kind: 'requests', min: 3, max: 20 } });
  expect(notes).toEqual([
    expect.stringMatching(/^declared: \d+ % of \d+m are [\d.]+ requests\/s of a pod, \d+ % of its capacity\.$/),
    'declared: scaling by memory is not simulated, only that by CPU.',
  ]);
});

test('a service that may have no pods is shown as one, with what that does to the figures', async () => {
  const { text } = await run(['insta', '--service', 'media', '--env', 'staging', '--profile', 'spike']);
  expect(text).toMatch(/^ {2}declared: .*; none after 10m without a request$/m);
  expect(text).toMatch(/^note: declared: requests that come while it has no pod count as over capacity; /m);
});

test('a day of a service that may have no pods takes its last in the night, and gives it one in the morning', async () => {
  const { report } = await run(['insta', '--service', 'media', '--env', 'staging', '--profile', 'day']);
  const events: { at: number; from: number; to: number }[] = report.services[0].outcomes[0].events;
  const [asleep] = events.filter(({ to }) => to === 0);
  expect(asleep?.at).toBeGreaterThan(2 * 3_600 + 600);
  expect(asleep?.at).toBeLessThan(3 * 3_600);
  expect(events.find(({ from }) => from === 0)?.at).toBe(5 * 3_600);
});

test('traffic of a CSV, beside scalings of a file, with what was given', async () => {
  const path = await folder();
  await writeFile(join(path, 'a.csv'), 'time,rate\n0,10\n600,390\n1200,10\n3600,10\n');
  await writeFile(join(path, 'b.ts'), "export default { two: { kind: 'fixed', replicas: 2 } };");
  const args = ['--trace', join(path, 'a.csv'), '--compare', join(path, 'b.ts'), '--capacity', '100', '--json'];
  const { text, names, report } = await run(['insta', '--service', 'posts', ...args]);
  const printed = JSON.parse(text);
  expect(names[0]).toMatch(/-insta-trace$/);
  expect(printed).toEqual({ ...report, report: expect.stringMatching(/report\.html$/) });
  const [{ outcomes, surroundings }] = report.services;
  expect(outcomes.map(({ name }: { name: string }) => name)).toEqual(['declared', 'two']);
  expect(surroundings.capacityPerPod).toBe(100);
  expect(outcomes[1].summary).toMatchObject({
    secondsUnder: 600,
    requestsOver: 600 * 190,
    requests: 10 * 5_400 + 390 * 600,
  });
});

test('traffic of a load test, of the services to which it sent requests, with the pods that there were', async () => {
  const path = join(await folder(), 'report.json');
  await writeFile(path, JSON.stringify(exampleReport()));
  const { page, report } = await run(['insta', '--trace', path]);
  expect(report.services.map(({ service }: { service: string }) => service)).toEqual(['posts']);
  expect(page).toContain('Ready in the load test');
});

/** A server in place of a Prometheus that knows one demand of what such a query asks for. @returns its host and port */
async function openPrometheus(known = /./): Promise<string> {
  const server = createServer(async (request, reply) => {
    const asked = new URLSearchParams(await readText(request));
    const values = [[Number(asked.get('start')), '50']];
    const result = known.test(asked.get('query') ?? '') ? [{ values }] : [];
    reply.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a service of which a Prometheus knows nothing is left out, unless it is named or nothing is left', async () => {
  const call = (host: string, ...args: string[]) =>
    run(['insta', '--prometheus', `http://${host}`, '--for', '10m', ...args]);
  const host = await openPrometheus(/"(posts|web)"/);
  const { text, report } = await call(host);
  expect(report.services.map(({ service }: { service: string }) => service)).toEqual(['posts', 'web']);
  for (const service of ['auth', 'users', 'media'])
    expect(text).toContain(`note: ${service} is left out: its Prometheus knows nothing of it.`);
  await expect(call(host, '--service', 'media')).rejects.toThrow(/^--prometheus: got no answer to .*"media"/);
  await expect(call(await openPrometheus(/nothing/))).rejects.toThrow(/^--prometheus: got no answer to .*"auth"/);
});

test.each([
  ['beside its option', (url: string) => ['--prometheus', url]],
  ['in one with it', (url: string) => [`--prometheus=${url}`]],
])('a password of a Prometheus, %s, is in nothing that is written', async (_, option) => {
  const host = await openPrometheus();
  const args = ['insta', '--service', 'posts', ...option(`http://ann:ses@me@${host}`), '--for', '10m', '--json'];
  const before = process.argv;
  onTestFinished(() => {
    process.argv = before;
  });
  process.argv = [...before.slice(0, 2), ...args];
  const { text, page, report } = await run(args);
  expect(report.called.join(' ')).toContain(`http://(hidden)@${host}`);
  for (const written of [text, page, JSON.stringify(report)]) {
    expect(written).toContain(host);
    expect(written).not.toMatch(/ses@|me@|ses%40me|ann:/);
  }
});

test('a table is proposed as it would be declared, and shown beside the declared one', async () => {
  const { text, page, report } = await run([
    'insta',
    '--service',
    'posts',
    '--profile',
    'ramp',
    '--optimise',
    '--slo',
    '99',
  ]);
  const [{ outcomes, proposed }] = report.services;
  const found = outcomes.at(-1);
  expect(found).toMatchObject({ name: 'proposed', scaling: { kind: 'steps' } });
  expect(found.summary.secondsUnder).toBeLessThanOrEqual(0.01 * 4_500);
  const rows = found.scaling.table.map(
    ({ upTo, pods }: { upTo: number | null; pods: number }) => `[${upTo ?? 'Infinity'}, ${pods}]`,
  );
  expect(proposed.split('\n')[0]).toBe(`table: [${rows.join(', ')}],`);
  expect(text).toContain(`proposed:\n  ${proposed.split('\n')[0]}`);
  expect(text).toMatch(
    /^note: proposed: the one with the fewest pod hours of \d+ tables that were simulated, with enough capacity for 99 % of the time of this traffic\.$/m,
  );
  expect(page).toContain(`<pre><code>${proposed}`);
});

test('of what scales by CPU all of the declaration is proposed', async () => {
  const { report } = await run(['bird', '--service', 'bird', '--profile', 'ramp', '--optimise', '--slo', '95']);
  expect(report.services[0].proposed).toMatch(
    /^scaling: steps\(\{ table: \[\[\d+, \d+\], .*\[Infinity, \d+\]\] \}\),$/,
  );
});

test('where no table is good enough the command says so and fails', async () => {
  onTestFinished(() => {
    process.exitCode = undefined;
  });
  const path = join(await folder(), 'a.csv');
  // Nobody can have pods for what comes from one second to the next, but by always having them.
  await writeFile(path, '0,1\n60,900000\n120,1\n');
  const { text, report } = await run(['insta', '--service', 'posts', '--trace', path, '--optimise', '--slo', '100']);
  expect(text).toMatch(
    /^note: proposed: none, as no table that was tried has enough capacity for 100 % of the time: /m,
  );
  expect(report.services[0].proposed).toBeUndefined();
  expect(process.exitCode).toBe(1);
});

const report = JSON.stringify(exampleReport());
test.each<[what: string, args: string[], message: RegExp]>([
  [
    'a system that is none',
    ['inst'],
    /^unknown system: got inst; allowed: bird \| insta; fix: name one of these, or add it to src\/systems\/index\.ts$/,
  ],
  [
    'a service that is none',
    ['insta', '--service', 'post'],
    /^unknown service: got post; allowed: auth \| users \| posts \| media \| web; fix: name one of these$/,
  ],
  ['an environment that is none', ['insta', '--env', 'here'], /^unknown environment: got here; allowed: local \| /],
  [
    'a wrong option',
    ['insta', '--profile', 'soak'],
    /^--profile: got soak; allowed: ramp \| spike \| day; fix: choose one of these$/,
  ],
  [
    'a trace that is not there',
    ['insta', '--trace', '/nothing.csv'],
    /^--trace: got \/nothing\.csv, which cannot be read \(ENOENT\); allowed: a CSV of time and requests per second, or the report\.json of a load test; fix: name such a file$/,
  ],
  ['a folder as a trace', ['insta', '--trace', '/tmp'], /^--trace: got \/tmp, which cannot be read \(EISDIR\)/],
  ['a mistake in a trace', ['insta', '--trace', 'FILE:0,5\n60,x'], /file:2: got "x"; allowed: requests per second/],
  [
    'a load test of another system',
    ['bird', '--trace', `FILE:${report}`],
    /^--trace: got a load test of insta; allowed: one of bird; fix: name insta as the system, or another file$/,
  ],
  [
    'a service that the load test did not ask',
    ['insta', '--service', 'auth', '--trace', `FILE:${report}`],
    /^--service: got auth, to which the load test sent nothing; allowed: posts; fix: name one of these$/,
  ],
  [
    'a comparison that is not there',
    ['insta', '--compare', '/nothing.ts'],
    /^--compare: got \/nothing\.ts, which is no file; /,
  ],
])('%s', async (_, args, message) => {
  const path = join(await folder(), 'file');
  const given = args.map((each) => (each.startsWith('FILE:') ? path : each));
  for (const each of args) if (each.startsWith('FILE:')) await writeFile(path, each.slice(5));
  const out = await folder();
  const call = simulateCommand()
    .exitOverride()
    .parseAsync([...given, '--out', out], { from: 'user' });
  await expect(call).rejects.toThrow(message);
  await expect(call).rejects.toMatchObject({ exitCode: 2, name: CommandError.name });
  expect(await readdir(out)).toEqual([]);
});

test('the command itself tells a mistake without a stack, and its help the exit codes', {
  timeout: 60_000,
}, async () => {
  const start = (args: readonly string[]) =>
    execa(process.execPath, ['src/tools/simulate.ts', ...args], { cwd: root, reject: false, stdin: 'ignore' });
  const [wrong, help] = await Promise.all([start(['insta', '--peak', 'high']), start(['--help'])]);
  expect([wrong.exitCode, wrong.stdout, wrong.stderr]).toEqual([
    2,
    '',
    '--peak: got high; allowed: a number from 0.1 to 1000000: requests per second; fix: write one in that range',
  ]);
  expect([help.exitCode, help.stdout]).toEqual([
    0,
    expect.stringContaining(
      'Exit codes: 0 simulated, 1 something failed or no table was found, 2 called in a wrong way',
    ),
  ]);
});
