import { clock } from '../report/plot.ts';
import type { Summary } from './summary.ts';

/** The columns of a summary, as people read them: in the terminal and on the page. */
export const summaryColumns: readonly { readonly title: string; readonly text: (summary: Summary) => string }[] = [
  { title: 'pod hours', text: ({ podHours }) => (podHours >= 100 ? podHours.toFixed(0) : podHours.toPrecision(3)) },
  { title: 'cost', text: ({ cost }) => (cost >= 100 ? cost.toFixed(0) : cost.toPrecision(3)) },
  { title: 'most pods', text: ({ mostPods }) => String(mostPods) },
  { title: 'worst saturation', text: ({ worstSaturation }) => percent(worstSaturation) },
  {
    title: 'under capacity',
    text: ({ secondsUnder }) => (secondsUnder < 60 ? `${secondsUnder} s` : clock(secondsUnder)),
  },
  {
    title: 'requests over capacity',
    text: ({ requestsOver, requests }) => {
      const over = Math.round(requestsOver);
      return over === 0 ? '0' : `${over.toLocaleString('en')} (${percent(requestsOver / requests)})`;
    },
  },
  { title: 'scale events', text: ({ scaleEvents }) => String(scaleEvents) },
];

function percent(part: number): string {
  if (part === Infinity) return 'no pod';
  if (part === 0) return '0 %';
  if (part < 0.0001) return 'under 0.01 %';
  // What is hardly past its capacity is past it.
  const digits = part < 1 ? 2 : part < 1.1 ? 4 : 3;
  return `${Number((part * 100).toPrecision(digits))} %`;
}
