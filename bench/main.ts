import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { compare, type Ratio } from './ratio.ts';
import { kitCost, kitGain } from './requests.ts';
import { synthGrowth } from './synth.ts';

const comparisons = [synthGrowth, kitCost, kitGain];

const { rounds, json } = new Command('npm run bench --')
  .description('Measures pairs of things side by side and prints their ratios.')
  .option('--rounds <n>', 'rounds of each comparison', wholeNumber, 5)
  .option('--json <file>', 'also writes the figures to a file; - prints them')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ rounds: number; json?: string }>();

const ratios: Ratio[] = [];
for (const comparison of comparisons) {
  ratios.push(
    await compare(comparison, rounds, (round) =>
      process.stderr.write(`${comparison.name}: round ${round} of ${rounds}\n`),
    ),
  );
}
const figures = JSON.stringify({ node: process.version, ratios }, null, 2);
if (json === '-') {
  console.log(figures);
} else {
  console.table(
    ratios.map((each) => ({
      comparison: each.name,
      subject: `${each.subject}: ${each.subjectMedian.toPrecision(3)} ${each.unit}`,
      reference: `${each.reference}: ${each.referenceMedian.toPrecision(3)} ${each.unit}`,
      ratio: each.ratio.toFixed(2),
      'least..greatest': `${each.least.toFixed(2)}..${each.greatest.toFixed(2)}`,
    })),
  );
  if (json) await writeFile(json, `${figures}\n`);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new InvalidArgumentError(`got ${text}; allowed: a whole number from 1; fix: write it in digits`);
  return Number(text);
}
