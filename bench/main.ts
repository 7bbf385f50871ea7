import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { runCommand, unknownValue } from '../src/tools/run-command.ts';
import { type Comparison, compare, type Ratio } from './ratio.ts';

const latest = fileURLToPath(new URL('./results/latest.json', import.meta.url));

interface Options {
  readonly rounds: number;
  readonly json: string;
}

await runCommand(
  new Command('npm run bench --')
    .description('Measures pairs of things side by side and shows their ratios, as a table and as JSON.')
    .argument('[comparison]', 'the one to make, by its name; without one, all')
    .option('--rounds <n>', 'rounds of each comparison', wholeNumber, 5)
    .option('--json <file>', 'where the JSON goes; - prints it in place of the table', latest)
    .action(bench),
);

async function bench(name: string | undefined, { rounds, json }: Options): Promise<void> {
  const ratios: Ratio[] = [];
  for (const comparison of await chosenComparisons(name)) {
    ratios.push(
      await compare(comparison, rounds, (round) =>
        process.stderr.write(`${comparison.name}: round ${round} of ${rounds}\n`),
      ),
    );
  }
  const figures = JSON.stringify({ node: process.version, ratios }, null, 2);
  if (json === '-') {
    console.log(figures);
    return;
  }
  printTable(ratios);
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${figures}\n`);
  console.log(`the same as JSON: ${json}`);
}

async function chosenComparisons(name: string | undefined): Promise<readonly Comparison[]> {
  // Imported here and not above, so that a mistake in a declaration is told without a stack.
  const [{ kitCost, kitGain, tracingCost }, { synthGrowth }] = await Promise.all([
    import('./requests.ts'),
    import('./synth.ts'),
  ]);
  const all = [synthGrowth, kitCost, kitGain, tracingCost];
  if (name === undefined) return all;
  const chosen = all.filter((each) => each.name === name);
  if (chosen.length > 0) return chosen;
  const names = all.map((each) => each.name);
  throw unknownValue('comparison', name, names, 'name one of these, or none for all');
}

function printTable(ratios: readonly Ratio[]): void {
  console.table(
    ratios.map((each) => ({
      comparison: each.name,
      subject: `${each.subject}: ${each.subjectMedian.toPrecision(3)} ${each.unit}`,
      reference: `${each.reference}: ${each.referenceMedian.toPrecision(3)} ${each.unit}`,
      ratio: each.ratio.toFixed(2),
      'least..greatest': `${each.least.toFixed(2)}..${each.greatest.toFixed(2)}`,
    })),
  );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new InvalidArgumentError(`got ${text}; allowed: a whole number from 1; fix: write it in digits`);
  return Number(text);
}
