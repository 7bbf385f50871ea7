import { type Html, html } from '../report/html.ts';
import { page } from '../report/page.ts';
import { scalingText } from './scaling-text.ts';
import type { ServiceResult, SystemResult } from './service-result.ts';
import { summaryColumns } from './summary-columns.ts';
import { trafficText } from './summary-lines.ts';

/** The page of a simulation: all in one file, which asks the network for nothing and runs no script. */
export function simulationPage({ system, environment, called, services }: SystemResult): string {
  const names = services.map(({ service }) => service).join(', ');
  return page({
    title: `Simulation of ${system}: ${names}`,
    heading: html`Simulation of ${system}: ${names}`,
    about: `${environment}. Calculated from the declarations and from what is assumed below: nothing here was measured.`,
    body: [
      ...services.flatMap((result) => [
        html`<section><h2>${result.service}</h2><p class="note">${trafficText(result)}</p>${summary(result)}${notes(result)}</section>`,
        ...proposed(result),
        ...result.plots,
        html`<section><h2>What is taken for true of ${result.service}</h2>${assumptions(result)}</section>`,
      ]),
      html`<section><h2>How it was called</h2><ul><li><code>npm run simulate -- ${called.join(' ')}</code></li></ul></section>`,
    ],
  });
}

function summary({ outcomes }: ServiceResult): Html {
  return html`<div class="wide"><table>
<thead><tr><th>simulated</th>${outcomes.map(({ name }) => html`<th class="number">${name}</th>`)}</tr></thead>
<tbody>${summaryColumns.map(
    ({ title, text }) =>
      html`<tr><th scope="row">${title}</th>${outcomes.map(({ summary }) => html`<td class="number">${text(summary)}</td>`)}</tr>`,
  )}</tbody>
</table></div>
<ul>${outcomes.map(({ name, scaling }) => html`<li>${name}: ${scalingText(scaling)}</li>`)}</ul>`;
}

function proposed({ proposed: text }: ServiceResult): Html[] {
  return text === undefined ? [] : [html`<section><h2>What is proposed</h2><pre><code>${text}</code></pre></section>`];
}

function notes({ notes }: ServiceResult): Html {
  return notes.length === 0 ? html`` : html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

function assumptions({ assumptions }: ServiceResult): Html {
  return html`<div class="wide"><table>
<thead><tr><th>what</th><th class="number">value</th><th>from</th></tr></thead>
<tbody>${assumptions.map(
    ({ name, value, from, why, option }) =>
      html`<tr><td>${name}<p class="note">${why === '' ? '' : `${why}; `}<code class="whole">${option}</code></p></td><td class="number">${value}</td><td>${from}</td></tr>`,
  )}</tbody>
</table></div>`;
}
