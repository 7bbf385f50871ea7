import { expect, test } from 'vitest';
import { html } from '../report/html.ts';
import { reportPage } from './report-page.ts';
import { exampleReport } from './testing/example-report.ts';

const page = reportPage(exampleReport());

test('is one file that asks nobody for anything', () => {
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed)\b|@import|url\((?!#)|\son\w+=/i);
  // Namespaces are names, and are not fetched.
  expect(page.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '').match(/https?:\/\/[^\s<",]+/g)).toEqual(['http://insta.test.']);
});

test('closes what it opens', () => {
  const open: string[] = [];
  for (const [, end, name = '', rest = ''] of page.matchAll(/<(\/?)([a-z][\w]*)([^>]*)>/gi)) {
    if (end) expect(open.pop()).toBe(name);
    else if (!rest.endsWith('/') && !['meta'].includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
});

test('has the plots, the levels and what was declared', () => {
  for (const title of [
    'Requests per second',
    'Pods of posts',
    'Pods of auth',
    'Latency in milliseconds',
    'CPU of posts',
  ])
    expect(page).toContain(`<h2>${title}`);
  expect(page.match(/<svg /g)?.length).toBeGreaterThanOrEqual(6);
  expect(page).toContain('<td>above 300</td><td class="number">10</td><td>350/s: 10 Ready</td>');
  expect(page).toContain('<td>up to 100</td><td class="number">2</td><td>50/s: 2 Ready, down: 2 Ready</td>');
  expect(page).toContain('posts: 6</text>');
  expect(page).toContain('posts: p95 500 ms</text>');
  expect(page).toContain('<li>posts is held to errors of at most 0.1 %, and to p95 of at most 500 ms.</li>');
  expect(page).toContain('<td>latency of posts</td><td>p95 at most 500 ms</td><td>90.0 ms</td>');
});

test('takes its colours from the page around a plot, so that they are those of the light and of the dark', () => {
  const plots = [...page.matchAll(/<svg .*?<\/svg>/gs)].map(([svg]) => svg.replace(/<defs.*?<\/defs>/s, '')).join('');
  const colours = new Set([...plots.matchAll(/(?:stroke|fill)="([^"]+)"/g)].map(([, colour]) => colour));
  expect([...colours].filter((colour) => colour !== 'none' && !colour?.startsWith('var(--'))).toEqual([]);
});

test('shows what it is told as text', () => {
  const report = exampleReport({ cluster: { none: '<img src=x> & "more"' } });
  const shown = reportPage({ ...report, called: ["<script>alert('1')</script>"], environment: '<b>' });
  expect(shown).not.toMatch(/<script|<img|<b>/);
  expect(shown).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;');
  expect(shown).toContain('&lt;img src=x&gt; &amp; &quot;more&quot;');
});

test('is drawn of next to nothing too, as where it was ended at once', () => {
  const report = exampleReport({ until: 1 });
  const shown = reportPage({ ...report, samples: [], pods: [], phases: [], results: [], routes: [] });
  expect(shown).toContain('Load test of insta: failed');
  expect(shown).not.toMatch(/NaN|Infinity|undefined/);
});

test('html takes values for text, lists for their parts, and HTML for itself', () => {
  expect(html`<p title="${'"'}">${['<', html`<b>${1}</b>`]}</p>`.html).toBe('<p title="&quot;">&lt;<b>1</b></p>');
});
