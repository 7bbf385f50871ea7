import { expect, test } from 'vitest';
import type { DashboardJson, PanelJson } from './dashboard-json.ts';
import { dashboardPicture } from './dashboard-picture.ts';
import type { AskPrometheus } from './panel-data.ts';

const shown = { from: 0, to: 60, step: 15 };
const gridPos = { x: 0, y: 0, w: 12, h: 8 };
const colors = {
  steps: [
    { value: null, color: 'green' },
    { value: 0.5, color: 'red' },
  ],
};

function panel(type: string, props: Partial<PanelJson> = {}): PanelJson {
  const targets = [{ refId: 'A', expr: 'up', legendFormat: 'pod {{pod}}', interval: '15s' }];
  return { id: 1, type, title: `A ${type}`, gridPos, targets, ...props };
}

const dashboardOf = (...panels: PanelJson[]): DashboardJson => ({
  uid: 'x',
  title: 'Shop',
  panels,
  templating: { list: [] },
});

/** Answers every query with these values, of one pod each. */
const answering =
  (...pods: (readonly (number | string)[])[]): AskPrometheus =>
  async ({ from, step }) =>
    pods.map((values, index) => ({
      metric: { pod: `p${index}` },
      values: values.map((value, at) => [from + at * step, String(value)] as const),
    }));

const drawn = (panels: readonly PanelJson[], ask: AskPrometheus) =>
  dashboardPicture(dashboardOf(...panels), shown, ask);

test('lines have their names as the legend says, and a gap where there is no value or none that is a number', async () => {
  const svg = await drawn([panel('timeseries')], answering([1, 2, 'NaN', 4, 5], [1]));
  expect(svg).toMatch(/>pod p0<.*>pod p1</s);
  const gaps = (svg.match(/d="(M[^"]*)"[^>]*stroke="var\(--blue\)"/)?.[1] ?? '').split('M').length - 1;
  expect(gaps).toBe(2);
});

test('a threshold is a dashed line in its colour, unless it is not to be drawn', async () => {
  const field = (mode: string) => ({ defaults: { thresholds: colors, custom: { thresholdsStyle: { mode } } } });
  const dashed = async (mode: string) =>
    /stroke="var\(--red\)"[^>]*stroke-dasharray/.test(
      await drawn([panel('timeseries', { fieldConfig: field(mode) })], answering([0.1, 0.9])),
    );
  expect([await dashed('dashed'), await dashed('off')]).toEqual([true, false]);
});

test('a number is the last that there is, in its unit and the colour of its step', async () => {
  const fieldConfig = { defaults: { unit: 'percentunit', thresholds: colors } };
  const svg = await drawn([panel('stat', { fieldConfig })], answering([0.1, 0.75, 'NaN']));
  expect(svg).toMatch(/fill="var\(--red\)">75 %</);
});

test('a bar is as long as its part of the highest that there may be, and never longer', async () => {
  const lengths = async (value: number) => {
    const svg = await drawn([panel('bargauge', { fieldConfig: { defaults: { max: 1 } } })], answering([value]));
    const [, track, bar] = [...svg.matchAll(/<rect [^>]*?width="(\d+)"/g)].map(([, width]) => Number(width));
    return (bar ?? 0) / (track ?? 1);
  };
  expect(await lengths(0.5)).toBeCloseTo(0.5, 2);
  expect(await lengths(3)).toBe(1);
  expect(await lengths(-1)).toBe(0);
});

test('a state is a band for as long as it lasts, in its colour, and what the colours mean is said', async () => {
  const options = { 0: { text: 'well', color: 'green' }, 2: { text: 'critical', color: 'red' } };
  const svg = await drawn(
    [panel('state-timeline', { fieldConfig: { defaults: { mappings: [{ options }] } } })],
    answering([0, 0, 2, 0, 0]),
  );
  const bands = [...svg.matchAll(/<rect x="\d+" y="\d+" width="(\d+)" height="\d+" fill="var\((--\w+)\)"/g)];
  expect(bands.map(([, , color]) => color)).toEqual(['--green', '--red', '--green']);
  const widths = bands.map(([, width]) => Number(width));
  expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(2, 1);
  expect(svg).toMatch(/>well<.*>critical</s);
});

test('what is empty says so, and nothing else does', async () => {
  const empty = (svg: string) => svg.split('No data').length - 1;
  const types = ['timeseries', 'stat', 'bargauge', 'state-timeline'];
  expect(
    empty(
      await drawn(
        types.map((type) => panel(type)),
        answering(['NaN']),
      ),
    ),
  ).toBe(4);
  expect(
    empty(
      await drawn(
        types.map((type) => panel(type)),
        answering([1]),
      ),
    ),
  ).toBe(0);
});

test('a panel of a type that it does not know is named, and a heading is its title', async () => {
  await expect(drawn([panel('piechart')], answering([1]))).rejects.toThrow(
    'no panel of the type piechart can be drawn: got it of "A piechart"',
  );
  const heading: PanelJson = { id: 2, type: 'row', title: 'Pods & stores', gridPos };
  expect(await drawn([heading], answering())).toContain('>Pods &amp; stores<');
});
