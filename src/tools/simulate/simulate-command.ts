import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { mainEnvironment } from '../../charts/environment-folder.ts';
import { makeReportFolder } from '../report/report-folder.ts';
import { withoutPassword } from '../without-password.ts';
import { runSimulation } from './run-simulation.ts';
import type { GivenOptions } from './simulate-options.ts';
import { simulationJson } from './simulation-json.ts';
import { simulationPage } from './simulation-page.ts';
import { summaryLines } from './summary-lines.ts';
import { profileNames, profileText } from './traces/profile-trace.ts';

const several = (value: string, before: readonly string[] = []) => [...before, value];

/** The command `npm run simulate`. */
export function simulateCommand(): Command {
  return new Command('npm run simulate --')
    .description(
      'Calculates how many pods a declared scaling has for traffic, second by second as Kubernetes, KEDA and Prometheus would, beside other scalings. Nothing is started and nothing is measured.',
    )
    .argument('<system>', 'the system')
    .option(
      '--service <service>',
      'this service; several times for several (default: each that scales by something)',
      several,
    )
    .option('--env, --environment <environment>', 'how services scale there', mainEnvironment)
    .option(
      '--profile <profile>',
      `${profileNames.map((name) => `${name}: ${profileText(name)}`).join('; ')} (default: day)`,
    )
    .option(
      '--peak <rate>',
      'requests per second at most of the profile (default: somewhat past what the declaration has the most pods for)',
    )
    .option(
      '--trace <file>',
      'traffic of a file: a CSV of time (seconds or ISO timestamps) and requests per second, or the report.json of npm run loadtest',
    )
    .option('--prometheus <url>', 'traffic that a Prometheus recorded of the service')
    .option('--from <time>', 'with --prometheus: since when, such as 2026-11-22T10:00:00Z')
    .option('--to <time>', 'with --prometheus: until when (default: now)')
    .option('--for <time>', 'with --prometheus: how long (default: 1d)')
    .option(
      '--compare <file>',
      'scalings to show beside the declared one: a TypeScript module whose default export is an object of them by name',
    )
    .option('--optimise', 'proposes a table for the traffic, and shows it beside the declared scaling')
    .option(
      '--slo <percent>',
      'with --optimise: of how much of the time there is to be enough capacity (default: 99.9)',
    )
    .option(
      '--capacity <rate>',
      'requests per second that one pod answers in time (default: as many as the table lets a pod have)',
    )
    .option('--pod-start <time>', "from a pod's creation until it is Ready (default: 8s)")
    .option('--cpu-per-request <time>', 'CPU that a request takes, such as 3.5ms (default: 1.8ms)')
    .option('--cpu-at-rest <cpu>', 'CPU that a pod uses without requests (default: 10m)')
    .option('--cpu-request <cpu>', 'CPU that a pod requests (default: as declared)')
    .option(
      '--pod-hour-cost <cost>',
      'what a pod costs in an hour, in any currency (default: what it requests at the rates of AWS Fargate, in US dollars)',
    )
    .option('--hpa-sync <time>', 'between two looks of the HPA controller (default: 15s)')
    .option('--hpa-tolerance <percent>', 'the difference that the HPA controller takes for none (default: 10)')
    .option('--metrics-interval <time>', 'between two measurements of CPU by metrics-server (default: 15s)')
    .option('--json', 'prints the summary as JSON')
    .option('--out <folder>', 'where the folder of the report is made', 'simulation-report')
    .addHelpText(
      'after',
      `
Examples:
  npm run simulate -- insta --service posts
  npm run simulate -- insta --service posts --profile spike --peak 500 --optimise
  npm run simulate -- insta --service posts --trace traffic.csv --compare scalings.ts

Exit codes: 0 simulated, 1 something failed or no table was found, 2 called in a wrong way`,
    )
    .action(simulate);
}

async function simulate(
  name: string,
  options: Omit<GivenOptions, 'service'> & Partial<Pick<GivenOptions, 'service'>>,
): Promise<void> {
  const now = new Date();
  const result = {
    ...(await runSimulation(name, { service: [], ...options }, now)),
    called: shownArguments(process.argv.slice(2)),
  };
  const folder = await makeReportFolder(options.out, `${name}-${sourceName(options)}`, now);
  const report = join(folder, 'report.html');
  const json = simulationJson(result);
  await writeFile(report, simulationPage(result));
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(json)}\n`);
  if (options.json) console.log(JSON.stringify({ ...json, report }, null, 2));
  else for (const line of [...summaryLines(result), `report: ${report}`]) console.log(line);
  if (options.optimise && result.services.some(({ proposed }) => proposed === undefined)) process.exitCode = 1;
}

/** What was called, for a report that others read: a password of a Prometheus is none of it. */
function shownArguments(given: readonly string[]): string[] {
  const option = '--prometheus';
  return given.map((argument, index) => {
    if (given[index - 1] === option) return withoutPassword(argument);
    return argument.startsWith(`${option}=`)
      ? `${option}=${withoutPassword(argument.slice(option.length + 1))}`
      : argument;
  });
}

function sourceName({
  trace,
  prometheus,
  profile = 'day',
}: Pick<GivenOptions, 'trace' | 'prometheus' | 'profile'>): string {
  if (trace !== undefined) return 'trace';
  return prometheus === undefined ? profile : 'prometheus';
}
