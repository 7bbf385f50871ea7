import { type Html, html } from './html.ts';

interface PageProps {
  readonly title: string;
  /** The title with what belongs beside it. */
  readonly heading: Html;
  /** A line below the heading. */
  readonly about: string;
  readonly body: readonly Html[];
}

/** A page of a report: all in one file, which asks the network for nothing and runs no script. */
export function page({ title, heading, about, body }: PageProps): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${html.safe(style)}</style>
</head>
<body>
<header>
<h1>${heading}</h1>
<p>${about}</p>
</header>
<main>
${body}
</main>
</body>
</html>
`.html;
}

/** A few figures, large. */
export function cards(figures: readonly (readonly [name: string, value: string])[]): Html {
  return html`<dl class="cards">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const style = `
:root { color-scheme: light dark;
  --page: light-dark(#f6f7f9, #111418); --card: light-dark(#ffffff, #1a1e24); --text: light-dark(#1b1f24, #e6e9ee);
  --muted: light-dark(#5c6570, #98a2b0); --faint: light-dark(#e3e6ea, #2b313a); --band: light-dark(#f1f4f8, #20262e);
  --limit: light-dark(#a8730c, #d9a53c); --grey: light-dark(#77818e, #8b95a3); --blue: light-dark(#2563eb, #6ea0ff);
  --green: light-dark(#15803d, #4ade80); --orange: light-dark(#c2610c, #f5a04a); --violet: light-dark(#7c3aed, #b394ff);
  --red: light-dark(#c81e1e, #ff7b72); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 1.5rem; margin: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 12px; }
h2 { font-size: 1.05rem; margin: 0; }
header p, .note { color: var(--muted); margin: 4px 0 0; }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; padding-block: 20px 40px; }
section, figure, .cards > div { background: var(--card); border: 1px solid var(--faint); border-radius: 10px; padding: 16px 18px; margin: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0; }
.cards dt { color: var(--muted); font-size: 0.85rem; }
.cards dd { margin: 2px 0 0; font-size: 1.45rem; font-weight: 600; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--muted); }
details figure { margin-top: 12px; }
.wide, .plot { overflow-x: auto; margin-top: 10px; }
.plot svg { display: block; width: 100%; height: auto; }
.for-phones { display: none; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 20px; align-items: baseline; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 0; padding: 0; font-size: 0.85rem; color: var(--muted); }
.legend i { display: inline-block; width: 22px; margin-right: 6px; vertical-align: middle; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; vertical-align: top; border-bottom: 1px solid var(--faint); }
tbody th { font-weight: 600; }
thead th { color: var(--muted); font-weight: 500; white-space: nowrap; }
th.number, td.number { text-align: right; padding-right: 28px; }
@media (max-width: 640px) {
  .for-screens { display: none; } .for-phones { display: block; }
  header, main { padding-inline: 12px; } section, figure { padding-inline: 14px; }
  th.number, td.number, th, td { padding-right: 8px; } thead th { white-space: normal; }
}
code { font: 0.9em ui-monospace, monospace; overflow-wrap: anywhere; }
code.whole { white-space: nowrap; }
pre { margin: 10px 0 0; overflow-x: auto; }
section ul { margin: 8px 0 0; padding-left: 20px; }
.badge { display: inline-block; font-size: 0.8rem; font-weight: 600; padding: 1px 10px; border-radius: 99px; border: 1px solid currentColor; white-space: nowrap; }
.passed { color: var(--green); } .failed { color: var(--red); } .not-judged { color: var(--muted); }
`;
