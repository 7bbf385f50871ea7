import { type EChartsOption, init, type LineSeriesOption } from 'echarts';
import { thin } from './thin.ts';

/** A line of a plot. */
export interface Line {
  readonly name: string;
  /** Seconds and values; null where there is none. */
  readonly points: readonly (readonly [seconds: number, value: number | null])[];
  /** A custom property of the page that holds a colour, such as `--blue`. */
  readonly color: string;
  /** @default 'solid' */
  readonly dash?: 'solid' | 'dashed' | 'dotted';
  /** Pixels. @default 1.8 */
  readonly width?: number;
  /** From 0 to 1. @default 1 */
  readonly opacity?: number;
  /** Whether a value stays until the next one, as a number of pods does. @default false */
  readonly steps?: boolean;
  /** Whether it is drawn over those behind it too. @default false */
  readonly above?: boolean;
}

/** A line across the whole plot. */
interface Limit {
  readonly label: string;
  readonly value: number;
}

export interface PlotProps {
  readonly lines: readonly Line[];
  /** @default - none */
  readonly limits?: readonly Limit[];
  /** The phases, as bands. */
  readonly bands: readonly { readonly name: string; readonly startsAt: number; readonly endsAt: number }[];
  /** Seconds, at its right end. */
  readonly until: number;
  /** Whether values are far apart, as those of latencies are, so that tenfold is one step. @default false */
  readonly tenfold?: boolean;
  /** Whether values are whole, as those of pods are. @default false */
  readonly whole?: boolean;
  /** Pixels. @default 260 */
  readonly height?: number;
  /** Whether it is as wide as a phone. @default false */
  readonly narrow?: boolean;
}

/** Pixels of the drawing; the page scales it. */
const widths = { wide: 1080, narrow: 360 };
const faint = 'var(--faint)';
const muted = 'var(--muted)';

/** Draws lines over time as an SVG whose colours are those of the page around it, in the light and in the dark. */
export function plot(props: PlotProps): string {
  const { lines, limits = [], bands, until, tenfold = false, whole = false, height = 260, narrow = false } = props;
  const width = narrow ? widths.narrow : widths.wide;
  const values = [
    ...lines.flatMap(({ points }) => points.map(([, value]) => value ?? 0)),
    ...limits.map(({ value }) => value),
  ];
  // Of a day there are more than a call takes as arguments.
  const highest = values.reduce((most, value) => Math.max(most, value), 1);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const option: EChartsOption = {
    animation: false,
    color: [muted],
    grid: narrow ? { left: 40, right: 12, top: 26, bottom: 24 } : { left: 56, right: 92, top: 26, bottom: 28 },
    xAxis: {
      type: 'value',
      min: 0,
      max: until,
      interval: tickOf(until, narrow ? 5 : 12),
      axisLabel: { color: muted, formatter: (seconds: number) => clock(seconds), hideOverlap: true },
      axisLine: { lineStyle: { color: faint } },
      axisTick: { lineStyle: { color: faint } },
      splitLine: { show: false },
    },
    yAxis: {
      type: tenfold ? 'log' : 'value',
      min: tenfold ? 1 : 0,
      max: tenfold ? 10 ** Math.ceil(Math.log10(highest)) : undefined,
      ...(whole && { minInterval: 1, boundaryGap: [0, '12%'] }),
      axisLabel: { color: muted },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: faint } },
    },
    series: [...lines.map((line) => seriesOf(line, until, width)), background(limits, bands, narrow)],
  };
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function seriesOf(line: Line, until: number, pixels: number): LineSeriesOption {
  const { name, points, color, dash = 'solid', width = 1.8, opacity = 1, steps, above = false } = line;
  return {
    type: 'line',
    name,
    data: thin(points, until, pixels).map((point) => [...point]),
    symbol: 'none',
    silent: true,
    z: above ? 4 : 3,
    lineStyle: { color: `var(${color})`, width, type: dash, opacity },
    ...(steps && { step: 'end' }),
  };
}

/** What is behind the lines: phases as bands, and limits with their labels. */
function background(limits: readonly Limit[], bands: PlotProps['bands'], narrow: boolean): LineSeriesOption {
  return {
    type: 'line',
    data: [],
    silent: true,
    z: 1,
    markArea: {
      silent: true,
      label: { color: muted, position: 'top', fontSize: 11, distance: 4 },
      data: bands.map(({ name, startsAt, endsAt }, index) => [
        { name, xAxis: startsAt, itemStyle: { color: 'var(--band)', opacity: index % 2 === 0 ? 1 : 0 } },
        { xAxis: endsAt },
      ]),
    },
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: 'var(--limit)', type: 'dashed', width: 1 },
      data: limits.map(({ label, value }) => ({
        yAxis: value,
        label: { formatter: label, color: muted, position: narrow ? 'insideEndTop' : 'end', fontSize: 11 },
      })),
    },
  };
}

/** Seconds between two ticks: some that people count in, for so many of them at most. */
function tickOf(until: number, most: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400];
  return steps.find((step) => until / step <= most) ?? 86_400;
}

/** `1:05`, or `2:00:00` from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (count: number) => String(count).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
