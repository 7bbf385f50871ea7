import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DashboardJson } from './dashboard-json.ts';
import { dashboardPicture } from './dashboard-picture.ts';
import type { AskPrometheus } from './panel-data.ts';

/** So many values of each line: more than that nobody sees in a panel. */
const points = 60;

interface DrawProps {
  readonly dashboards: readonly DashboardJson[];
  readonly ask: AskPrometheus;
  /** How much of the time is shown, in seconds, and until when, in seconds since 1970. */
  readonly last: number;
  readonly until: number;
  /** The folder of the pictures. */
  readonly out: string;
  /** A line below each title. */
  readonly about: string;
}

/** Draws a picture of each dashboard, called as the dashboard is known. @returns the files */
export async function drawDashboards({ dashboards, ask, last, until, out, about }: DrawProps): Promise<string[]> {
  await mkdir(out, { recursive: true });
  const files: string[] = [];
  for (const dashboard of dashboards) {
    const file = join(out, `${dashboard.uid}.svg`);
    const shown = { from: until - last, to: until, step: Math.ceil(last / points) };
    await writeFile(file, await dashboardPicture(dashboard, shown, ask, about));
    files.push(file);
  }
  return files;
}
