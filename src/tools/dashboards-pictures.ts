import { Command } from 'commander';
import { mainEnvironment } from '../charts/environment-folder.ts';
import { dashboardLabel } from '../charts/identity.ts';
import { loadSystems } from '../charts/load-systems.ts';
import { renderPlatform } from '../charts/platform.ts';
import { dashboardsIn } from './dashboards/dashboard-json.ts';
import { drawDashboards } from './dashboards/draw-dashboards.ts';
import { prometheusAt } from './dashboards/prometheus-at.ts';
import { findSystem } from './find-system.ts';
import { secondsFrom, wrongOption } from './option-values.ts';
import { runCommand } from './run-command.ts';

interface Options {
  readonly url: string;
  readonly system?: string;
  readonly environment: string;
  readonly last: string;
  readonly until?: string;
  readonly out: string;
}

await runCommand(
  new Command('npm run dashboards:pictures --')
    .description('Draws each dashboard as Grafana would show it, from what a Prometheus says now.')
    .requiredOption('--url <url>', 'a Prometheus, such as http://127.0.0.1:9090 of a kubectl port-forward')
    .option('--system <system>', 'dashboards of this system alone')
    .option('--environment <environment>', 'the environment that the Prometheus is of', mainEnvironment)
    .option('--last <time>', 'how much of the time they show', '30m')
    .option('--until <moment>', 'until when, such as 2026-01-31T12:00:00Z (default: now)')
    .option('--out <folder>', 'where the pictures go', 'docs/pictures/dashboards')
    .addHelpText(
      'after',
      `
Example:
  kubectl port-forward -n monitoring service/monitoring-kube-prometheus-prometheus 9090 &
  npm run dashboards:pictures -- --url http://127.0.0.1:9090 --system insta`,
    )
    .action(draw),
);

async function draw({ url, system: only, environment: name, last, until: moment, out }: Options): Promise<void> {
  const seconds = secondsFrom('--last', last, '1m', '24d');
  const until = moment === undefined ? Date.now() : Date.parse(moment);
  if (!(until <= Date.now()))
    throw wrongOption('--until', moment ?? '', 'a moment that is past, such as 2026-01-31T12:00:00Z', 'write one');
  const { systems } = await loadSystems();
  const { environment } = await findSystem(only ?? systems[0]?.name ?? '', name);
  const objects = renderPlatform({ environment, systems })
    .flatMap((chart) => chart.objects)
    .filter(({ metadata }) => only === undefined || metadata?.namespace === only);
  const dashboards = dashboardsIn(objects, dashboardLabel);
  const about = `${name}, ${last} until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const ask = prometheusAt(url);
  for (const file of await drawDashboards({
    dashboards,
    ask,
    last: seconds,
    until: Math.floor(until / 1_000),
    out,
    about,
  }))
    console.log(file);
}
