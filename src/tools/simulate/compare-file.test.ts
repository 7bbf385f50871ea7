import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { check, scaling, steps } from '../../model/index.ts';
import { CommandError } from '../run-command.ts';
import { readCompareFile } from './compare-file.ts';

/** A module of whoever calls, outside of the repository. */
async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'scalings.ts');
  await writeFile(path, text);
  return path;
}

const model = new URL('../../model/index.ts', import.meta.url).pathname;

test('the scalings of a module, with their defaults, in its order', async () => {
  const path = await file(`
    import { cpu, steps } from '${model}';
    export default {
      small: steps({ table: [[50, 2], [Infinity, 6]] satisfies [number, number][] }),
      'by CPU': cpu({ min: 2, max: 4, cpu: 60 }),
    };`);
  const found = await readCompareFile(path);
  expect(found.map(({ name, scaling: { kind } }) => [name, kind])).toEqual([
    ['small', 'steps'],
    ['by CPU', 'cpu'],
  ]);
  expect(found[0]?.scaling).toEqual(
    check(
      scaling,
      steps({
        table: [
          [50, 2],
          [Infinity, 6],
        ],
      }),
      'small',
    ),
  );
});

test('plain objects need no import: what a message tells to write is read anywhere', async () => {
  const wrong = await readCompareFile(await file('export default [];')).catch((error: Error) => error.message);
  const [, example = ''] = /write such as: (export default .*?;) beside package\.json/.exec(String(wrong)) ?? [];
  expect(await readCompareFile(await file(example))).toEqual([
    {
      name: 'small',
      scaling: check(
        scaling,
        steps({
          table: [
            [100, 2],
            [Infinity, 6],
          ],
        }),
        'small',
      ),
    },
  ]);
});

const allowed = 'allowed: a TypeScript module whose default export is an object of scalings by name; fix: ';
test.each<[what: string, text: string, message: string]>([
  ['that is no TypeScript', 'export default {', `, which cannot be loaded (`],
  ['that imports what is not there', "import './nothing.ts';", ', which cannot be loaded ('],
  [
    'that throws',
    "throw new RangeError('too late');",
    `, which cannot be loaded (RangeError: too late); ${allowed}write such as: `,
  ],
  [
    'without a default export',
    'export const small = 1;',
    `, which has no such default export; ${allowed}write such as: `,
  ],
  ['that exports a list', 'export default [];', `, which has no such default export; ${allowed}`],
  ['that exports none', 'export default {};', `, with 0 scalings; ${allowed}export 1 to 5`],
  [
    'that exports too many',
    'export default { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 };',
    `, with 6 scalings; ${allowed}export 1 to 5`,
  ],
  [
    'with a name that is taken',
    "export default { small: { kind: 'fixed', replicas: 1 }, proposed: { kind: 'fixed', replicas: 1 } };",
    `, with a scaling named proposed; ${allowed}name it otherwise: declared and proposed are shown beside it`,
  ],
  [
    'with another name that is taken',
    "export default { declared: { kind: 'fixed', replicas: 1 } };",
    `, with a scaling named declared; ${allowed}name it otherwise: declared and proposed are shown beside it`,
  ],
])('a module %s', async (_, text, message) => {
  const path = await file(text);
  const call = readCompareFile(path);
  await expect(call).rejects.toBeInstanceOf(CommandError);
  await expect(call).rejects.toThrow(`--compare: got ${path}${message}`);
});

test('all mistakes in its scalings are told, each by its place', async () => {
  const path = await file(
    "export default { small: { kind: 'fixed', replicas: 0 }, large: { kind: 'step' }, good: { kind: 'fixed', replicas: 1 } };",
  );
  await expect(readCompareFile(path)).rejects.toThrow(
    new CommandError(
      `${path}: 2 mistakes in the declaration
  small.replicas: got 0; allowed: a whole number from 1 to 1000; fix: choose a number in that range
  large.kind: got "step"; allowed: kind: "fixed" | kind: "cpu" | kind: "requests" | kind: "steps" | kind: "custom"; fix: choose one of these`,
      2,
    ),
  );
});

test('no file', async () => {
  await expect(readCompareFile('/nothing/here.ts')).rejects.toThrow(
    `--compare: got /nothing/here.ts, which is no file; ${allowed}name one`,
  );
});
