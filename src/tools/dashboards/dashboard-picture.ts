import { type Html, html } from '../report/html.ts';
import type { Shown } from './asked.ts';
import type { DashboardJson, FieldJson, PanelJson } from './dashboard-json.ts';
import { inUnit } from './in-unit.ts';
import { linesPlot } from './lines-plot.ts';
import { type AskPrometheus, type Line, lastOf, panelData } from './panel-data.ts';
import { colorOf, lineColor, pictureStyle } from './picture-colors.ts';

/** Pixels: of the picture, of one of Grafana's rows, and around a panel. */
const width = 1_280;
const rowHeight = 32;
const gap = 8;
const top = 58;
/** Of letters, on average, in the size of legends. */
const letter = 6.1;

/**
 * A picture of a dashboard as it is in Grafana, from its JSON and from what a Prometheus says now: an SVG that stands by itself, in the light and in the dark. It is of what has been
 * drawn by nobody's browser, so that what is empty on it is empty in Grafana too.
 */
export async function dashboardPicture(
  dashboard: DashboardJson,
  shown: Shown,
  ask: AskPrometheus,
  about = '',
): Promise<string> {
  const drawn: Html[] = [];
  for (const panel of dashboard.panels) drawn.push(drawnPanel(panel, await panelData(dashboard, panel, shown, ask)));
  const last = Math.max(0, ...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
  return `${
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + last * rowHeight + gap}" font-family="system-ui, sans-serif" role="img">
<title>${dashboard.title}</title>
<style>${html.safe(pictureStyle)}</style>
<text x="${gap + 4}" y="26" font-size="20" font-weight="600" fill="var(--text)">${dashboard.title}</text>
<text x="${gap + 4}" y="46" font-size="12" fill="var(--muted)">${about}</text>
${drawn}
</svg>`.html
  }\n`;
}

function drawnPanel(panel: PanelJson, lines: readonly Line[]): Html {
  const column = (width - gap) / 24;
  const { x, y, w, h } = panel.gridPos;
  const box = { width: w * column - gap, height: h * rowHeight - gap };
  const place = `translate(${Math.round(gap + x * column)} ${Math.round(top + y * rowHeight)})`;
  if (panel.type === 'row')
    return html`<text transform="${place}" x="4" y="18" font-size="15" font-weight="600" fill="var(--text)">${panel.title}</text>\n`;
  const inside = { width: Math.round(box.width), height: Math.round(box.height) };
  return html`<g transform="${place}">
<rect width="${inside.width}" height="${inside.height}" rx="4" fill="var(--card)" stroke="var(--faint)"/>
<text x="10" y="19" font-size="13" font-weight="600" fill="var(--text)">${cut(panel.title, inside.width - 20, 7.2)}</text>
${contentOf(panel, lines, inside)}
</g>\n`;
}

interface Box {
  readonly width: number;
  readonly height: number;
}

function contentOf(panel: PanelJson, lines: readonly Line[], box: Box): Html {
  if (!lines.some((line) => lastOf(line) !== null))
    return html`<text x="${box.width / 2}" y="${box.height / 2 + 10}" font-size="13" text-anchor="middle" fill="var(--muted)">No data</text>`;
  const field = panel.fieldConfig?.defaults ?? {};
  switch (panel.type) {
    case 'timeseries':
      return series(lines, field, box);
    case 'stat':
      return numbers(lines, field, box, panel.options?.graphMode === 'area');
    case 'bargauge':
      return bars(lines, field, box);
    case 'state-timeline':
      return states(lines, field, box);
    default:
      throw new Error(`no panel of the type ${panel.type} can be drawn: got it of "${panel.title}"`);
  }
}

function series(lines: readonly Line[], field: FieldJson, box: Box): Html {
  const names = legend(lines, box.width - 20);
  const plotted = linesPlot({ lines, field, width: box.width, height: box.height - 26 - 18 * names.rows });
  return html`<g transform="translate(0 24)" font-size="11">${html.safe(plotted)}</g><g transform="translate(10 ${box.height - 18 * names.rows + 9})">${names.drawn}</g>`;
}

/** The names of lines, in as many rows as they need and two at most. What is left out is said. */
function legend(lines: readonly Line[], most: number): { readonly drawn: Html[]; readonly rows: number } {
  let [x, row] = [0, 0];
  const drawn: Html[] = [];
  for (const [index, { name }] of lines.entries()) {
    const text = cut(name, most - 18, letter);
    const wide = 18 + text.length * letter + 14;
    const isLast = index === lines.length - 1;
    if (row === 1 && x + wide > (isLast ? most : most - 80)) {
      drawn.push(
        html`<text x="${Math.round(x)}" y="22" font-size="11" fill="var(--muted)">and ${lines.length - index} more</text>`,
      );
      return { drawn, rows: 2 };
    }
    if (x > 0 && x + wide > most) [x, row] = [0, 1];
    drawn.push(
      html`<g transform="translate(${Math.round(x)} ${row * 18})"><rect y="-2" width="12" height="3" fill="${lineColor(index)}"/><text x="17" y="4" font-size="11" fill="var(--muted)">${text}</text></g>`,
    );
    x += wide;
  }
  return { drawn, rows: row + 1 };
}

/** The last values, large, side by side. */
function numbers(lines: readonly Line[], field: FieldJson, box: Box, withLine: boolean): Html {
  const each = box.width / lines.length;
  const size = Math.min(34, box.height / 2.6, each / 5);
  return html`${lines.map((line, index) => {
    const value = lastOf(line);
    const middle = Math.round(each * (index + 0.5));
    const { text, color } = meaning(value, field);
    return html`${withLine && lines.length === 1 ? spark(line, box, color) : ''}<text x="${middle}" y="${Math.round(box.height / 2 + size / 2)}" font-size="${Math.round(size)}" font-weight="600" text-anchor="middle" fill="${color}">${text}</text>${
      lines.length > 1
        ? html`<text x="${middle}" y="${box.height - 10}" font-size="11" text-anchor="middle" fill="var(--muted)">${cut(line.name, each - 8, letter)}</text>`
        : ''
    }`;
  })}`;
}

/** How the value came about, faint behind it. */
function spark({ points }: Line, { width: wide, height }: Box, color: string): Html {
  const known = points.filter((point): point is readonly [number, number] => point[1] !== null);
  const [first, last] = [known[0]?.[0] ?? 0, known.at(-1)?.[0] ?? 1];
  const most = Math.max(...known.map(([, value]) => value), 1e-9);
  const path = known.map(
    ([at, value]) =>
      `${Math.round(((at - first) / (last - first || 1)) * wide)} ${Math.round(height - 2 - (value / most) * height * 0.3)}`,
  );
  return html`<path d="M${path.join('L')}L${wide} ${height}L0 ${height}Z" fill="${color}" opacity="0.12"/>`;
}

/** A bar for each line, as long as its last value. */
function bars(lines: readonly Line[], field: FieldJson, box: Box): Html {
  const most = field.max ?? Math.max(...lines.map((line) => lastOf(line) ?? 0), 1e-9);
  const each = Math.min(34, (box.height - 34) / lines.length);
  const [left, right] = [Math.min(170, box.width * 0.35), 70];
  const room = box.width - left - right - 20;
  return html`${lines.map((line, index) => {
    const value = lastOf(line);
    const { text, color } = meaning(value, field);
    const long = Math.max(0, Math.min(1, (value ?? 0) / most)) * room;
    const [y, thick] = [30 + index * each, Math.min(18, each - 4)];
    const base = y + thick / 2 + 4;
    return html`<text x="${left}" y="${base}" font-size="11" text-anchor="end" fill="var(--muted)">${cut(line.name, left - 12, letter)}</text><rect x="${left + 10}" y="${y}" width="${Math.round(room)}" height="${thick}" fill="var(--faint)"/><rect x="${left + 10}" y="${y}" width="${Math.round(long)}" height="${thick}" fill="${color}"/><text x="${box.width - right + 4}" y="${base}" font-size="12" fill="${color}">${text}</text>`;
  })}`;
}

/** A band for each line, with the colour of its state. */
function states(lines: readonly Line[], field: FieldJson, box: Box): Html {
  const left = 110;
  const each = (box.height - 52) / lines.length;
  const room = box.width - left - 16;
  const known = Object.values(field.mappings?.[0]?.options ?? {});
  return html`${lines.map((line, index) => {
    const y = 30 + index * each;
    const wide = room / line.points.length;
    return html`<text x="${left - 8}" y="${Math.round(y + each / 2 + 4)}" font-size="11" text-anchor="end" fill="var(--muted)">${cut(line.name, left - 12, letter)}</text>${bandsOf(
      line,
    ).map(
      ({ value, from, until }) =>
        html`<rect x="${Math.round(left + from * wide)}" y="${Math.round(y)}" width="${Math.round((until - from) * wide)}" height="${Math.round(each * 0.8)}" fill="${meaning(value, field).color}" opacity="0.75"/>`,
    )}`;
  })}${known.map(
    ({ text = '', color = '' }, index) =>
      html`<g transform="translate(${left + index * 90} ${box.height - 12})"><rect y="-8" width="12" height="8" fill="${colorOf(color)}" opacity="0.75"/><text x="17" font-size="11" fill="var(--muted)">${text}</text></g>`,
  )}`;
}

/** Where a line stays the same. */
function bandsOf({ points }: Line): { readonly value: number; readonly from: number; readonly until: number }[] {
  const bands: { value: number; from: number; until: number }[] = [];
  for (const [index, [, value]] of points.entries()) {
    const last = bands.at(-1);
    if (value === null) continue;
    if (last?.value === value && last.until === index) last.until = index + 1;
    else bands.push({ value, from: index, until: index + 1 });
  }
  return bands;
}

/** What a value says, and its colour. */
function meaning(value: number | null, { unit, mappings, thresholds }: FieldJson): { text: string; color: string } {
  if (value === null) return { text: '-', color: 'var(--muted)' };
  const mapped = mappings?.[0]?.options[String(value)];
  const steps = thresholds?.steps ?? [];
  const step = steps.findLast((each) => each.value === null || value >= each.value);
  const color = mapped?.color ?? (steps.length > 1 ? step?.color : undefined);
  return { text: mapped?.text ?? inUnit(value, unit), color: color ? colorOf(color) : 'var(--text)' };
}

function cut(text: string, room: number, each: number): string {
  const most = Math.max(3, Math.floor(room / each));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
