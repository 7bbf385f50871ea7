import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { usualThresholds } from '../model/index.ts';
import { environments, systems } from '../systems/index.ts';
import { alertsPage } from './alerts-page.ts';
import { type ObjectSource, readDeclarationSource } from './declaration-source.ts';
import { logsPage } from './logs-page.ts';
import { referencePage } from './reference-page.ts';
import { root } from './repository.ts';

const file = 'docs/reference/declarations.md';
const page = referencePage();

/** The line of a key in the table of a section. */
function rowOf(section: string, key: string): string | undefined {
  const [, text] = page.split(`\n### \`${section}\`\n`);
  return text
    ?.split('\n#')[0]
    ?.split('\n')
    .find((line) => line.startsWith(`| \`${key}\` |`));
}

test('the committed page is what the schemas say: after a change run `npm run reference`', async () => {
  expect(await readFile(root + file, 'utf8')).toBe(page);
});

test('and so is that of the alerts', async () => {
  const committed = await readFile(`${root}docs/reference/alerts.md`, 'utf8');
  expect(committed).toBe(alertsPage(Object.values(environments), systems));
});

test('and that of log lines', async () => {
  expect(await readFile(`${root}docs/reference/logs.md`, 'utf8')).toBe(logsPage());
});

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.each([
  file,
  'docs/guide/operations.md',
  'docs/guide/data.md',
  'docs/adr/005-stateful-services.md',
  'docs/adr/006-gateway.md',
  'docs/reference/reachable.md',
  'docs/reference/alerts.md',
  'docs/reference/logs.md',
  'docs/guide/logs.md',
  'README.md',
  'CONTRIBUTING.md',
])('every link of %s leads somewhere', (from) => {
  const links = [...readFileSync(root + from, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target);
  const broken = links.filter((target) => {
    if (target.startsWith('https:')) return false;
    const [path, anchor] = target.split('#');
    const to = path ? join(root, dirname(from), path) : root + from;
    return !existsSync(to) || (anchor !== undefined && !anchorsOf(readFileSync(to, 'utf8')).includes(anchor));
  });
  expect(links.length).toBeGreaterThan(0);
  expect(broken).toEqual([]);
});

describe('a key has', () => {
  test('the words of its schema, its default and its comment', () => {
    expect(rowOf('contract.routes.*', 'status')).toBe(
      '| `status` | a whole number from 200 to 299 | `200` | The status of success. |',
    );
  });

  test('limits that are checked after its form', () => {
    expect(rowOf('service.lifecycle', 'drainDelay')).toContain("; a duration from 0s to 5m | `'5s'` |");
  });

  test('the words for its default where the value says less', () => {
    expect(rowOf('service.resources', 'cpuLimit')).toContain('| no limit: ');
  });

  test('the comment of its own object, where another has the same keys', () => {
    expect(rowOf('service.uses', 'database')).toContain('A database and a role of its own.');
    expect(rowOf('environment.stores', 'database')).not.toContain('A database and a role of its own.');
  });
});

test.each(Object.entries(usualThresholds))('what is usual of %s is what its comment says', (key, value) => {
  expect(rowOf('service.alerts', key)).toContain(` | ${value} | `);
});

test('a kind is written by the function for it', () => {
  expect(page).toContain('- [`cpu(...)`](#servicescaling-cpu): Pods by CPU');
  expect(page).toContain('- `redis(...)`: Keys in Redis');
  expect(page).toContain('- [`runRedis(...)`](#environmentstoreskeyvalue-redis): One Redis');
});

describe('is refused', () => {
  test('an effect of a key that no declaration has', () => {
    expect(() => referencePage({ 'service.colour': 'Paints it.' })).toThrow(
      'src/tools/reference-effects.ts: got service.colour; allowed: keys of declarations; fix: rename or delete them',
    );
  });

  test.each([
    ['another default than the schema', 'status', '@default 201', '@default 201, and its schema 200'],
    ['a default where the schema has none', 'summary', '@default none', '@default none, and its schema has none'],
  ])('a comment with %s', (_what, key, doc, message) => {
    const find = readDeclarationSource();
    const withDoc = (source: ObjectSource): ObjectSource => ({
      ...source,
      docOf: (each) => (each === key ? doc : source.docOf(each)),
    });
    expect(() => referencePage({}, (shape, files) => withDoc(find(shape, files)))).toThrow(
      `contract.routes.*.${key}: its comment says ${message}`,
    );
  });

  test('an object that no file has', () => {
    const find = readDeclarationSource();
    expect(() => find({ keys: ['colour'], required: [], literals: {} }, ['service.ts'])).toThrow(
      'no object with the keys colour is in src/model/service.ts',
    );
  });
});
