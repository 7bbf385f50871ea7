import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Colors, Look, Panel, State, Unit } from './panel.ts';

/** The house style: how panels of each look are drawn, everywhere the same. */
export const looks = {
  lines,
  areas: (panel: Panel, colors: Colors) =>
    lines(panel, colors).fillOpacity(40).stacking(new StackingConfigBuilder().mode(StackingMode.Normal)),
  numbers: ({ unit, states, queries }: Panel, colors: Colors) =>
    new Stat()
      .unit(grafanaUnit(unit))
      .min(0)
      .noValue('none')
      .mappings(states ? mapped(states) : [])
      .thresholds(thresholds(colors))
      .colorMode(colors.steps.length > 0 ? BigValueColorMode.Value : BigValueColorMode.None)
      .graphMode(queries.length === 1 ? BigValueGraphMode.Area : BigValueGraphMode.None)
      .reduceOptions(lastValue()),
  bars: ({ unit, max }: Panel, colors: Colors) =>
    ended(
      new BarGauge()
        .unit(grafanaUnit(unit))
        .min(0)
        .thresholds(thresholds(colors))
        .orientation(VizOrientation.Horizontal)
        .displayMode(BarGaugeDisplayMode.Basic)
        .reduceOptions(lastValue()),
      max,
    ),
  states: ({ unit, states = [] }: Panel) =>
    new StateTimeline()
      .unit(grafanaUnit(unit))
      .mappings(mapped(states))
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
      .thresholds(
        thresholds({
          lowest: states[0]?.color ?? 'green',
          steps: states.slice(1).map(({ value, color }) => ({ from: value, color })),
        }),
      )
      .showValue(VisibilityMode.Never)
      .mergeValues(true)
      .rowHeight(0.8)
      .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).calcs([])),
} satisfies Record<Look, unknown>;

/** From 0 on, so that what is twice as high is twice as much; with the lines past which somebody is told. */
function lines({ unit, max, mayBeNegative }: Panel, colors: Colors): TimeSeries {
  const series = new TimeSeries();
  return ended(
    (mayBeNegative ? series.axisSoftMin(0) : series.min(0))
      .unit(grafanaUnit(unit))
      .lineWidth(1)
      .fillOpacity(8)
      .showPoints(VisibilityMode.Never)
      .lineInterpolation(LineInterpolation.Linear)
      .thresholds(thresholds(colors))
      .thresholdsStyle(
        new GraphThresholdsStyleConfigBuilder().mode(
          colors.steps.length > 0 ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
        ),
      )
      .legend(
        new VizLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom)
          .calcs([]),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending)),
    max,
  );
}

function ended<Builder extends { max(value: number): Builder }>(builder: Builder, max: number | undefined): Builder {
  return max === undefined ? builder : builder.max(max);
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false);
}

function thresholds({ lowest, steps }: Colors): ThresholdsConfigBuilder {
  const first: Threshold = { value: null, color: lowest };
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([first, ...steps.map(({ from, color }) => ({ value: from, color }))]);
}

function mapped(states: readonly State[]): ValueMapping[] {
  const options = states.map(({ value, text, color }, index) => [String(value), { text, color, index }]);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

/** Of what Grafana has no unit the name stands after the number. */
const ownUnits: Partial<Record<Unit, string>> = { cores: 'suffix: cores', perMinute: 'suffix:/min' };

function grafanaUnit(unit: Unit): string {
  return ownUnits[unit] ?? unit;
}
