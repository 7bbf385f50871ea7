import { type Html, html } from '../../report/html.ts';
import { plot } from '../../report/plot.ts';
import { simulate } from '../engine/simulate.ts';
import { nearness } from './nearness.ts';
import { recordedSurroundings, recordedTrace } from './recorded-trace.ts';
import type { Recording } from './recording.ts';

/** Pixels: of the picture, of a plot in it, and of what stands above a plot. */
const width = 1080;
const height = 220;
const head = 44;

/**
 * One picture of what clusters recorded and what is simulated from the same traffic, a plot for each recording: an SVG that stands by itself, in the light and in the dark.
 *
 * @param recordings by their names
 */
export function recordedPicture(recordings: readonly (readonly [name: string, recorded: Recording])[]): string {
  const whole = recordings.length * (head + height);
  return `${
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" font-family="system-ui, sans-serif" role="img">
<title>Pods as recorded and as simulated</title>
<style>
svg { --text: #1b1f24; --muted: #5c6570; --faint: #e3e6ea; --band: #f1f4f8; --limit: #a8730c; --blue: #2563eb; --orange: #c2610c; background: #ffffff }
@media (prefers-color-scheme: dark) { svg { --text: #e6e9ee; --muted: #98a2b0; --faint: #2b313a; --band: #20262e; --limit: #d9a53c; --blue: #6ea0ff; --orange: #f5a04a; background: #1a1e24 } }
</style>
${recordings.map(([name, recorded], index) => plotOf(name, recorded, index * (head + height)))}
</svg>`.html
  }\n`;
}

function plotOf(name: string, recorded: Recording, top: number): Html {
  const { points, scaling } = recorded;
  const { moments } = simulate(recordedTrace(name, recorded), scaling, recordedSurroundings(recorded));
  const until = points.at(-1)?.at ?? 0;
  const drawn = plot({
    lines: [
      { name: 'recorded', color: '--blue', steps: true, points: points.map(({ at, wanted }) => [at, wanted]) },
      {
        ...{ name: 'simulated', color: '--orange', dash: 'dashed', steps: true, above: true },
        points: moments.map(({ at, pods }) => [at, pods]),
      },
    ],
    bands: [],
    until,
    whole: true,
    height,
  });
  const share = (100 * nearness(recorded, moments)).toFixed(1);
  return html`<g transform="translate(0 ${top})">
<text x="20" y="24" font-size="16" font-weight="600" fill="var(--text)">${name}</text>
<text x="20" y="42" font-size="12" fill="var(--muted)">at most one pod apart in ${share} % of the time</text>
<text x="${width - 20}" y="24" font-size="12" text-anchor="end"><tspan fill="var(--blue)">recorded</tspan> <tspan fill="var(--orange)">- - simulated</tspan></text>
<g transform="translate(0 ${head})">${html.safe(drawn)}</g>
</g>`;
}
