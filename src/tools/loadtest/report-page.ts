import { type Html, html } from '../report/html.ts';
import { cards, page } from '../report/page.ts';
import { clock } from '../report/plot.ts';
import { shown } from '../report/shown.ts';
import type { LoadReport } from './load-report.ts';
import { reportPlots } from './report-plots.ts';
import { quantileName } from './results.ts';

type Result = LoadReport['results'][number];
type Check = Result['checks'][number];

/** The page of a report: all in one file, which asks the network for nothing and runs no script. */
export function reportPage(report: LoadReport): string {
  const { system, environment, profile, startedAt, samples, passed } = report;
  const title = `Load test of ${system}: ${passed ? 'passed' : 'failed'}`;
  return page({
    title,
    heading: html`Load test of ${system} ${badge(passed)}`,
    about: `${environment}, profile ${profile}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${clock(samples.at(-1)?.at ?? 0)} long${report.interrupted ? ', ended early' : ''}`,
    body: [
      totals(report),
      html`<section><h2>Against what is declared</h2>${levels(report)}</section>`,
      ...declarations(report),
      ...reportPlots(report),
      html`<section><h2>Routes</h2>${routes(report)}</section>`,
      facts(report),
    ],
  });
}

function badge(passed: boolean | null): Html {
  const word = passed === null ? 'not judged' : passed ? 'passed' : 'failed';
  return html`<span class="badge ${word.replace(' ', '-')}">${word}</span>`;
}

function totals({ results, samples }: LoadReport): Html {
  const sum = (key: 'asked' | 'answered' | 'failed') => results.reduce((total, result) => total + result[key], 0);
  const fastest = samples.reduce(
    (most, { answered, seconds }) => (seconds > 0.5 ? Math.max(most, answered / seconds) : most),
    0,
  );
  const worst = Math.max(0, ...results.map(({ latency }) => latency?.p95 ?? 0));
  return cards([
    ['requests', sum('asked').toLocaleString('en')],
    ['answers', sum('answered').toLocaleString('en')],
    ['errors', sum('failed').toLocaleString('en')],
    ['answers per second, most', fastest.toFixed(0)],
    ['p95 of the slowest phase', `${shown(worst)} ms`],
  ]);
}

function levels({ results }: LoadReport): Html {
  return html`<div class="wide"><table>
<thead><tr><th>phase</th><th>what</th><th>allowed</th><th>got</th><th class="number">settled after</th><th>verdict</th></tr></thead>
${results.map(
  (result) =>
    html`<tbody>${result.checks.map(
      (check, index) =>
        html`<tr>${index === 0 ? html`<th scope="rowgroup" rowspan="${result.checks.length}">${result.phase}</th>` : ''}<td>${whatOf(check)}</td><td>${check.allowed}</td><td>${check.got}</td><td class="number">${settledOf(check, result)}</td><td>${badge(check.passed)}</td></tr>`,
    )}</tbody>`,
)}
</table></div>`;
}

function whatOf({ what, service }: Check): string {
  return service === null ? what : `${what} of ${service}`;
}

function settledOf({ what, service }: Check, { settledAfter }: Result): string {
  const after = what === 'pods' && service !== null ? settledAfter[service] : undefined;
  return typeof after === 'number' ? `${after.toFixed(0)} s` : '';
}

/** The declared table of each judged service beside what was seen of it, level by level. */
function declarations({ services, results, phases }: LoadReport): Html[] {
  return Object.entries(services).flatMap(([name, { declared, notJudged, share }]) => {
    if (notJudged !== null || declared.table === null || declared.table.length < 2) return [];
    const table = declared.table;
    const rows = table.map(({ upTo, pods }, index) => {
      const from = table[index - 1]?.upTo ?? 0;
      const tried = phases.flatMap((phase, at) => {
        const rate = phase.from * share;
        const inRow = (rate > from || index === 0) && (upTo === null || rate <= upTo);
        const check = results[at]?.checks.find(({ what, service }) => what === 'pods' && service === name);
        return inRow && check ? [`${phase.name}: ${check.got}`] : [];
      });
      const range = upTo === null ? `above ${shown(from)}` : `up to ${shown(upTo)}`;
      return html`<tr><td>${range}</td><td class="number">${pods}</td><td>${tried.join(', ') || 'not tried'}</td></tr>`;
    });
    return [
      html`<section><h2>The table of ${name}</h2><div class="wide"><table><thead><tr><th>requests per second</th><th class="number">pods declared</th><th>pods seen</th></tr></thead><tbody>${rows}</tbody></table></div></section>`,
    ];
  });
}

function routes({ routes: all }: LoadReport): Html {
  const rows = all
    .toSorted((one, other) => other.asked - one.asked)
    .map(({ service, name, asked, failed, failures, latency }) => {
      const reasons = Object.entries(failures).map(([reason, times]) => `${times} x ${reason}`);
      const times = [latency?.p50, latency?.p95, latency?.p99, latency?.max];
      return html`<tr><td>${service}</td><td><code>${name}</code></td><td class="number">${asked.toLocaleString('en')}</td><td class="number">${failed}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}</td>${times.map(
        (time) => html`<td class="number">${time === undefined ? '' : shown(time)}</td>`,
      )}</tr>`;
    });
  return html`<div class="wide"><table><thead><tr><th>service</th><th>route</th><th class="number">requests</th><th class="number">errors</th><th class="number">p50 ms</th><th class="number">p95 ms</th><th class="number">p99 ms</th><th class="number">most ms</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** What each asked service is held against. */
function promises(services: LoadReport['services']): Html[] {
  return Object.entries(services).flatMap(
    ([
      name,
      {
        share,
        promised: { errors, latency },
      },
    ]) => {
      if (share === 0) return [];
      const told = [
        errors === null ? 'no share of errors' : `errors of at most ${Number((errors * 100).toPrecision(3))} %`,
        latency === null ? 'no latency' : `${quantileName(latency.quantile)} of at most ${latency.below} ms`,
      ];
      return [html`<li>${name} is held to ${told.join(', and to ')}.</li>`];
    },
  );
}

function facts({ called, origins, cluster, services }: LoadReport): Html {
  const notJudged = Object.entries(services).flatMap(([name, { notJudged: reason, expected }]) =>
    reason !== null && expected === null ? [html`<li>The pods of ${name} are not judged: ${reason}.</li>`] : [],
  );
  return html`<section><h2>How it was called</h2><ul>
<li><code>npm run loadtest -- ${called.join(' ')}</code></li>
<li>Requests went to ${origins.join(', ')}.</li>
${promises(services)}
<li>${'none' in cluster ? `Pods were not followed: ${cluster.none}` : `Pods were followed in ${cluster.context}.`}</li>
${notJudged}
</ul></section>`;
}
