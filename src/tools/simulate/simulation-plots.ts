import { podsFor, type Scaling } from '../../model/index.ts';
import { figure } from '../report/figure.ts';
import { type Html, html } from '../report/html.ts';
import type { Line, PlotProps } from '../report/plot.ts';
import type { Drawn } from './service-result.ts';
import type { Moment } from './simulation.ts';

/** Of the lines, in the order of the outcomes. */
const colors = ['--blue', '--orange', '--grey', '--violet', '--green', '--red', '--text'];

type Value = (moment: Moment) => number | null;

/** The plots of a service, all over the same time, with a line for each scaling. */
export function simulationPlots(result: Drawn): Html[] {
  const { outcomes, trace, surroundings, recorded = [] } = result;
  const { capacityPerPod, podHourCost, currency } = surroundings;
  const until = trace.points.at(-1)?.at ?? 1;
  const over = { bands: [], until };
  const [declared] = outcomes;
  const lines = (value: Value, rest: Partial<Line> = {}) =>
    outcomes.map((outcome, index) => lineOf(outcome, index, value, rest));
  const moments = declared?.simulation.moments ?? [];
  const wanted = moments.map(
    ({ at, perSecond }) => [at, podsFor(declared?.scaling ?? none, perSecond) ?? null] as const,
  );
  const capacity = { value: capacityPerPod, label: 'capacity' };
  return [
    figure({
      ...over,
      title: 'Requests per second',
      lines: [
        { name: trace.name, color: '--text', points: moments.map(({ at, perSecond }) => [at, perSecond] as const) },
      ],
      limits: limitsOf(declared?.scaling),
      height: 200,
    }),
    figure({
      ...over,
      title: 'Pods that are Ready',
      note: 'The thin line of a colour: those that there are to be, before they are Ready.',
      lines: [
        ...lines(({ pods }) => pods, { steps: true, width: 1, opacity: 0.5 }),
        ...lines(({ ready }) => ready, { steps: true, width: 2.4 }),
        ...(wanted.some(([, pods]) => pods !== null)
          ? [
              {
                name: 'for the requests of that second',
                color: '--text',
                dash: 'dotted',
                width: 1,
                steps: true,
                points: wanted,
              } as const,
            ]
          : []),
        ...(recorded.length > 0
          ? [
              {
                ...({
                  name: 'Ready in the load test',
                  color: '--red',
                  dash: 'dashed',
                  width: 1.6,
                  steps: true,
                } as const),
                points: recorded.map(({ at, ready }) => [at, ready] as const),
              },
            ]
          : []),
      ],
      whole: true,
      height: 240,
    }),
    figure({
      ...over,
      title: 'Requests per second of a pod',
      lines: lines(({ perSecond, ready }) => (ready > 0 ? perSecond / ready : null)),
      limits: [capacity],
    }),
    figure({
      ...over,
      title: 'Saturation in per cent',
      note: 'Of what the pods that are Ready answer in time.',
      lines: lines(({ perSecond, ready }) => (ready > 0 ? (100 * perSecond) / (ready * capacityPerPod) : null)),
      limits: [{ value: 100, label: 'capacity' }],
    }),
    overPlot(result, over, lines),
    figure({
      ...over,
      title: currency === undefined ? 'Cost so far' : `Cost so far, in ${currency}`,
      lines: outcomes.map((outcome, index): Line => {
        let spent = 0;
        return lineOf(outcome, index, ({ pods }) => {
          spent += (pods * podHourCost) / 3_600;
          return spent;
        });
      }),
      height: 200,
    }),
  ];
}

function overPlot(
  { outcomes, surroundings }: Drawn,
  over: Pick<PlotProps, 'bands' | 'until'>,
  lines: (value: Value) => Line[],
): Html {
  if (outcomes.every(({ summary }) => summary.secondsUnder === 0))
    return html`<section><h2>Requests over capacity</h2><p class="note">None, with any of them.</p></section>`;
  return figure({
    ...over,
    title: 'Requests over capacity per second',
    note: 'Those that the pods that are Ready do not answer in time.',
    lines: lines(({ perSecond, ready }) => Math.max(0, perSecond - ready * surroundings.capacityPerPod)),
    height: 200,
  });
}

const none: Scaling = { kind: 'fixed', replicas: 1 };

function lineOf(
  { name, scaling, simulation }: Drawn['outcomes'][number],
  index: number,
  value: Value,
  rest: Partial<Line> = {},
): Line {
  return {
    name,
    color: colors[index % colors.length] ?? '--text',
    above: index === 0,
    // What is always the same lies over others that are so for a while.
    dash: scaling.kind === 'fixed' ? 'dashed' : 'solid',
    points: simulation.moments.map((moment) => [moment.at, value(moment)] as const),
    ...rest,
  };
}

/** The ends of the rows of a table, with the pods up to there. */
function limitsOf(scaling: Scaling | undefined) {
  return scaling?.kind === 'steps'
    ? scaling.table.flatMap(([upTo, pods]) => (Number.isFinite(upTo) ? [{ value: upTo, label: `${pods} pods` }] : []))
    : [];
}
