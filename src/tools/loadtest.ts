import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { mainEnvironment } from '../charts/environment-folder.ts';
import { loadSystems } from '../charts/load-systems.ts';
import { place } from '../charts/placement.ts';
import type { Scaling } from '../model/index.ts';
import { findSystem } from './find-system.ts';
import { declaredTable } from './loadtest/declared-table.ts';
import { findCluster } from './loadtest/find-cluster.ts';
import { judgedServices } from './loadtest/judged-services.ts';
import { levelsOf } from './loadtest/levels.ts';
import { type AskedProfile, type GivenOptions, loadOptions } from './loadtest/load-options.ts';
import type { LoadReport } from './loadtest/load-report.ts';
import { openTraffic } from './loadtest/open-traffic.ts';
import { type Profile, phasesOf } from './loadtest/profiles.ts';
import { Progress } from './loadtest/progress.ts';
import { reportPage } from './loadtest/report-page.ts';
import { resultLines } from './loadtest/result-lines.ts';
import { declaredFor, isPassed, resultsOf } from './loadtest/results.ts';
import { runLoad } from './loadtest/run-load.ts';
import { waysIn } from './loadtest/way-in.ts';
import { makeReportFolder } from './report/report-folder.ts';
import { CommandError, runCommand, unknownValue } from './run-command.ts';

interface Options extends GivenOptions {
  readonly environment: string;
  readonly url?: string;
  readonly host?: string;
  readonly pods: boolean;
  readonly out: string;
}

const several = (value: string, before: readonly string[] = []) => [...before, value];

await runCommand(
  new Command('npm run loadtest --')
    .description(
      'Sends a system requests as people would, follows its pods in the cluster of the current kubectl context, and says whether they are as declared.',
    )
    .argument('<system>', 'the system')
    .option(
      '--profile <profile>',
      'steps: levels and the way down; ramp: evenly from one rate to another; soak: one rate',
      'steps',
    )
    .option('--service <service>', 'asks only routes of this service; several times for several', several)
    .option(
      '--levels <rates>',
      'steps: requests each second of the levels, such as 50,150 (default: in the middle of each row of the declared table, and above its last that ends)',
    )
    .option('--hold <time>', 'steps: how long each level is held; pods are judged over its last third (default: 2m)')
    .option(
      '--down <time>',
      'steps: how long pods may take to be back after the load at most; 0s leaves that out (default: 15m)',
    )
    .option('--from <rate>', 'ramp: requests each second at its start (default: 1)')
    .option('--to <rate>', 'ramp: requests each second at its end')
    .option('--rate <rate>', 'soak: requests each second')
    .option('--for <time>', 'ramp, soak: how long it lasts (default: ramp 5m, soak 10m)')
    .option(
      '--errors <percent>',
      'how many requests of each service may fail at most, in per cent (default: as its slo.availability says)',
    )
    .option(
      '--latency <time>',
      'what 95 of 100 answers of each service may take at most, from when they were to be asked for (default: as its slo.latency says)',
    )
    .option(
      '--expect <service=pods>',
      'pods that a service is to have all the while, such as auth=2; several times for several',
      several,
    )
    .option(
      '--url <url>',
      'where the system is reached, such as http://127.0.0.1:8080 of npm run dev (default: the host of the entrance in the environment)',
    )
    .option('--host <host>', 'the Host header, where DNS does not know that of an Ingress, such as insta.test')
    .option('--environment <environment>', 'the environment that the cluster is', mainEnvironment)
    .option('--no-pods', 'follows no pods')
    .option('--connections <number>', 'at most so many to each origin', '100')
    .option('--out <folder>', 'where the folder of the report is made', 'loadtest-report')
    .addHelpText(
      'after',
      `
Examples:
  npm run loadtest -- insta --service posts
  npm run loadtest -- bird --profile soak --rate 20 --for 1m

Ctrl+C ends it early; the report is of what was until then.

Exit codes: 0 all passed, 1 something failed or it was ended early, 2 called in a wrong way`,
    )
    .action(loadtest),
);

async function loadtest(name: string, options: Partial<Options> & Omit<Options, 'service' | 'expect'>): Promise<void> {
  const given: Options = { service: [], expect: [], ...options };
  const { asked, limits, expected, connections } = loadOptions(given);
  const { system, environment } = await findSystem(name, given.environment);
  const known = system.services.map((service): string => service.name);
  if (!given.pods && expected.size > 0)
    throw new CommandError(
      '--expect: got pods, and --no-pods beside it; allowed: one of the two; fix: leave one of them out',
      2,
    );
  for (const each of [...given.service, ...expected.keys()])
    if (!known.includes(each)) throw unknownValue('service', each, known, 'name one of these');
  const { systems } = await loadSystems();
  const placed = place(environment, systems).filter((each) => each.system === system);
  const profile = withLevels(asked, given.service.length > 0 ? given.service : known, placed);
  const ways = waysIn({ system, environment, url: given.url, host: given.host });
  const [first] = ways.values();
  if (!first)
    throw new CommandError(
      `system: got ${name}, which has no entrance; allowed: one that is reached from outside; fix: give it one in src/systems/${name}.ts`,
      2,
    );
  const cluster = given.pods
    ? await findCluster({
        ...{
          namespace: name,
          environment,
          command: `npm run loadtest -- ${name}`,
          isElsewhere: given.url !== undefined,
        },
      })
    : { none: 'left out by --no-pods' };
  // What was asked for must not pass because nobody looked.
  const isDemanded = expected.size > 0 || (asked.profile === 'steps' && !asked.levels);
  if (given.pods && isDemanded && 'none' in cluster)
    throw new CommandError(
      `cluster: got none: ${cluster.none}; allowed: one whose pods can be held against what they are to be; fix: choose its context, or leave pods out by --no-pods`,
      1,
    );
  console.log(
    'none' in cluster ? `pods are not followed: ${cluster.none}` : `cluster: ${cluster.context}, namespace: ${name}`,
  );
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(1);
      progress.say('ending, once requests under way are answered (again: at once)');
      ending.abort();
    });
  }
  const progress = new Progress(process.stdout);
  const print = (line: string) => progress.say(line);
  await using traffic = await openTraffic({
    ...{ system, services: given.service, url: new URL(first.origin), host: first.host, print },
  });
  // Before the load, so that none is for nothing, and after what may fail without one.
  const folder = await makeReportFolder(given.out, `${name}-${profile.profile}`, new Date());
  const { routes } = traffic;
  const services = judgedServices({ placed, routes, expected, limits });
  const isJudged = Object.values(services).some((service) => declaredFor(service, 0) !== null);
  // Nothing is sent on the way down: without pods to look at there is nothing to see.
  const phases = phasesOf(profile).filter(({ kind }) => kind !== 'down' || (isJudged && !('none' in cluster)));
  const startedAt = new Date().toISOString();
  const run = await runLoad({
    ...{ phases, routes, waysIn: ways, connections, services, progress, signal: ending.signal },
    namespace: 'none' in cluster ? undefined : name,
  });
  const { counts, ...seen } = run;
  const interrupted = ending.signal.aborted;
  const facts = { cluster, interrupted, services };
  const results = resultsOf({ ...facts, ...seen, counts });
  const report: LoadReport = {
    version: 1,
    ...{ system: name, environment: environment.name, profile: profile.profile, startedAt },
    called: process.argv.slice(2),
    origins: [...new Set([...ways.values()].map(({ origin }) => origin))],
    ...facts,
    ...seen,
    results,
    passed: isPassed(interrupted, results),
  };
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report)}\n`);
  await writeFile(join(folder, 'report.html'), reportPage(report));
  for (const line of resultLines(report)) print(line);
  print(`report: ${join(folder, 'report.html')}`);
  if (!report.passed) process.exitCode = 1;
}

/** @throws CommandError where levels are needed and nothing declares them */
function withLevels(
  asked: AskedProfile,
  services: readonly string[],
  placed: readonly { readonly service: { readonly name: string }; readonly scaling: Scaling }[],
): Profile {
  if (asked.profile !== 'steps') return asked;
  if (asked.levels) return { ...asked, levels: asked.levels };
  const [only, ...others] = placed.filter(({ service }) => services.includes(service.name));
  const table = only && others.length === 0 ? declaredTable(only.scaling) : undefined;
  const levels = table && !('none' in table) ? levelsOf(table) : undefined;
  if (levels) return { ...asked, levels };
  const why =
    table === undefined
      ? 'several services are asked'
      : `${only?.service.name} has no table: ${'none' in table ? table.none : 'its pods are fixed'}`;
  throw new CommandError(
    `--levels: got none, and ${why}; allowed: requests each second in all; fix: such as --levels 50,150${table === undefined ? ', or --service NAME of one that scales by requests' : ''}`,
    2,
  );
}
