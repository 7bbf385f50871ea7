import { expect, test } from 'vitest';
import { check, scaling, steps } from '../../model/index.ts';
import { alternatives } from './alternatives.ts';
import { assumed } from './assumptions.ts';
import type { SystemResult } from './service-result.ts';
import type { Simulation, Surroundings, Trace } from './simulation.ts';
import { simulationPage } from './simulation-page.ts';
import { simulationPlots } from './simulation-plots.ts';
import { summaryOf } from './summary.ts';
import { summaryLines } from './summary-lines.ts';

const resources = { cpu: '50m', memory: '160Mi', memoryLimit: '256Mi', ephemeralStorage: '64Mi' } as const;
const declared = check(scaling, steps(), 'posts');

/** A made-up simulation: so many pods of which one is Ready late. */
function simulation(of: Simulation['scaling'], seconds: number, ready: number): Simulation {
  const moments = Array.from({ length: seconds }, (_, at) => ({
    at,
    perSecond: 120,
    pods: 2,
    ready: at < 30 ? ready : 2,
  }));
  return { scaling: of, moments, events: [{ at: 5, from: 1, to: 2 }] };
}

function example({ seconds = 120, ready = 1, name = 'made up', given = {} } = {}): SystemResult {
  const { surroundings, assumptions } = assumed({ scaling: declared, resources, given: { podStart: 4, ...given } });
  const trace: Trace = {
    name,
    points: [
      { at: 0, perSecond: 120 },
      { at: seconds, perSecond: 0 },
    ],
  };
  const outcome = (each: { name: string; scaling: Simulation['scaling'] }, around: Surroundings) => {
    const found = simulation(each.scaling, seconds, ready);
    return { ...each, simulation: found, summary: summaryOf(found, around) };
  };
  const candidates = [{ name: 'declared', scaling: declared }, ...alternatives(declared, surroundings)];
  const outcomes = candidates.map((each) => outcome(each, surroundings));
  return {
    ...{ system: 'insta', environment: 'local', called: ['insta', '--service', 'posts'] },
    services: [
      {
        ...{ service: 'posts', trace, surroundings, assumptions, notes: ['One note.'] },
        outcomes: outcomes.map(({ simulation: { events }, ...each }) => ({ ...each, events })),
        plots: simulationPlots({ trace, surroundings, outcomes }),
      },
    ],
  };
}

const page = simulationPage(example());

test('is one file that asks nobody for anything', () => {
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed)\b|@import|url\((?!#)|\son\w+=/i);
  expect(page.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:\/\//);
});

test('says that nothing was measured, and what was given, declared and assumed', () => {
  expect(page).toContain('nothing here was measured');
  expect(page).toContain('<code class="whole">--pod-start</code></p></td><td class="number">4 s</td><td>given</td>');
  expect(page).toMatch(
    /resources\.cpu; <code class="whole">--cpu-request<\/code><\/p><\/td><td class="number">50m<\/td><td>declared<\/td>/,
  );
  expect(page).toContain('<td class="number">15 s</td><td>assumed</td>');
});

test('has each plot, with a line for each scaling, and the summary', () => {
  const titles = [
    'Requests per second',
    'Pods that are Ready',
    'Requests per second of a pod',
    'Saturation in per cent',
    'Requests over capacity per second',
    'Cost so far, in US dollars',
  ];
  for (const title of titles) expect(page).toContain(`<h2>${title}</h2>`);
  // For screens and for phones.
  expect(page.match(/<svg /g)?.length).toBe(2 * titles.length);
  // 120 requests for one pod that answers 50, for 30 s, and for two that answer 100, for 90.
  expect(page).toContain('<tr><th scope="row">worst saturation</th><td class="number">240 %</td>');
  expect(page).toContain('<tr><th scope="row">under capacity</th><td class="number">2:00</td>');
  expect(page).toContain('<tr><th scope="row">requests over capacity</th><td class="number">3,900 (27 %)</td>');
  expect(page).toContain('<li>One note.</li>');
});

test('a cost that was given is in whatever currency it was', () => {
  const shown = simulationPage(example({ given: { podHourCost: 2 } }));
  expect(shown).toContain('<h2>Cost so far</h2>');
  expect(shown).not.toContain('US dollars');
  expect(page).toContain(' US dollars</td><td>assumed</td>');
});

test('colours are those of the page around a plot', () => {
  const plots = [...page.matchAll(/<svg .*?<\/svg>/gs)].map(([svg]) => svg.replace(/<defs.*?<\/defs>/s, '')).join('');
  const colours = new Set([...plots.matchAll(/(?:stroke|fill)="([^"]+)"/g)].map(([, colour]) => colour));
  expect([...colours].filter((colour) => colour !== 'none' && !colour?.startsWith('var(--'))).toEqual([]);
});

test('a time without a pod is neither a number nor a mistake', () => {
  const shown = simulationPage(example({ ready: 0 }));
  expect(shown).toContain('<td class="number">no pod</td>');
  expect(shown).not.toMatch(/NaN|Infinity|undefined/);
});

test('a day is a small file, and its text is text', () => {
  const shown = simulationPage(example({ seconds: 86_400, name: '<script>.csv' }));
  expect(shown.length).toBeLessThan(1_500_000);
  expect(shown).not.toContain('<script');
  expect(shown).toContain('&lt;script&gt;.csv');
});

test('in a terminal it is a table, whose columns are below their names', () => {
  const [first, head = '', row = '', ...others] = summaryLines(example());
  expect(first).toBe(
    'posts of insta in local, simulated with made up: 2:00 long, at most 120 requests per second, 14,400 in all',
  );
  for (const [title, value] of [
    ['most pods', '2'],
    ['under capacity', '2:00'],
    ['scale events', '1'],
  ] as const)
    expect(row.slice(0, head.indexOf(title) + title.length).endsWith(` ${value}`)).toBe(true);
  expect(others).toContain('  declared: pods: to 100/s 2, to 200/s 4, to 300/s 6, above 10');
  expect(others).toContain('given: --pod-start 4 s');
  expect(others.at(-1)).toMatch(/^assumed: .*--pod-hour-cost 0\.\d+ US dollars, /);
});
