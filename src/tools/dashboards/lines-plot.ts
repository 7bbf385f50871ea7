import { type EChartsOption, init } from 'echarts';
import type { FieldJson } from './dashboard-json.ts';
import { inUnit } from './in-unit.ts';
import type { Line } from './panel-data.ts';
import { colorOf, lineColor } from './picture-colors.ts';

interface LinesPlotProps {
  readonly lines: readonly Line[];
  readonly field: FieldJson;
  readonly width: number;
  readonly height: number;
}

/** Draws a panel of lines, or of areas on top of one another, with the values past which somebody is told, as an SVG. */
export function linesPlot({ lines, field, width, height }: LinesPlotProps): string {
  const { unit, min, max, custom } = field;
  const steps = custom?.thresholdsStyle?.mode === 'off' ? [] : (field.thresholds?.steps ?? []);
  const isStacked = custom?.stacking?.mode === 'normal';
  const [first, last] = [lines[0]?.points[0]?.[0] ?? 0, lines[0]?.points.at(-1)?.[0] ?? 0];
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const option: EChartsOption = {
    animation: false,
    grid: { left: 8, right: 14, top: 10, bottom: 6, containLabel: true },
    xAxis: {
      type: 'value',
      min: first,
      max: last,
      interval: (last - first) / 4,
      axisLabel: { color: 'var(--muted)', fontSize: 11, formatter: (at: number) => beforeEnd(last - at) },
      axisLine: { lineStyle: { color: 'var(--faint)' } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      splitNumber: 4,
      axisLabel: { color: 'var(--muted)', fontSize: 11, formatter: (value: number) => inUnit(value, unit) },
      splitLine: { lineStyle: { color: 'var(--faint)' } },
    },
    series: lines.map(({ points }, index) => ({
      type: 'line',
      data: points.map((point) => [...point]),
      symbol: 'none',
      silent: true,
      lineStyle: { color: lineColor(index), width: 1.4 },
      ...(isStacked && { stack: 'all', areaStyle: { color: lineColor(index), opacity: 0.35 } }),
      ...(index === 0 && {
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          data: steps.flatMap(({ value, color }) =>
            value === null ? [] : [{ yAxis: value, lineStyle: { color: colorOf(color), type: 'dashed', width: 1.2 } }],
          ),
        },
      }),
    })),
  };
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return compact(svg);
}

/** Without what a pointer would do, what is said once around it and what nobody sees of a number: most of the text. */
function compact(svg: string): string {
  const unseen =
    /<style >.*?<\/style>|<rect [^>]*fill="none"[^>]*>(<\/rect>)?| (class|style|xml:space|pointer-events|ecmeta_\w+)="[^"]*"/gs;
  return svg
    .replaceAll(unseen, '')
    .replaceAll(/"[^"<>]*\d\.\d[^"<>]*"/g, (value) =>
      /^"(M|translate)/.test(value) ? value.replaceAll(/\d+\.\d+/g, (number) => Number(number).toFixed(0)) : value,
    );
}

function beforeEnd(seconds: number): string {
  return seconds < 1
    ? 'now'
    : `-${seconds >= 60 ? `${Number((seconds / 60).toFixed(1))} min` : `${Math.round(seconds)} s`}`;
}
