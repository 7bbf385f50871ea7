import { type Html, html } from './html.ts';
import { type PlotProps, plot } from './plot.ts';

interface FigureProps extends Omit<PlotProps, 'narrow'> {
  readonly title: string;
  /** What one has to know to read it. @default - nothing */
  readonly note?: string;
}

/** A plot with its title and the names of its lines, drawn for a screen and once more for a phone, on which the same letters would be too small. */
export function figure({ title, note = '', ...props }: FigureProps): Html {
  const legend = new Map(props.lines.map((line) => [line.name, line]));
  return html`<figure>
<figcaption><h2>${title}</h2><ul class="legend">${[...legend.values()].map(
    ({ name, color, dash = 'solid' }) => html`<li><i style="border-top:3px ${dash} var(${color})"></i>${name}</li>`,
  )}</ul></figcaption>
${note === '' ? '' : html`<p class="note">${note}</p>`}
<div class="plot" role="img" aria-label="${title} over time"><div class="for-screens">${html.safe(plot(props))}</div><div class="for-phones">${html.safe(plot({ ...props, narrow: true }))}</div></div>
</figure>`;
}
