/** A measurement of two things side by side. One machine's absolute figures say little about another's: the ratio is what is meant. */
export interface Comparison {
  readonly name: string;
  /** What is compared, and with what. */
  readonly subject: string;
  readonly reference: string;
  readonly unit: string;
  /** One round: both, one right after the other, so that a slow moment of the machine meets both. */
  measure(): Promise<{ readonly subject: number; readonly reference: number }>;
}

export interface Ratio {
  readonly name: string;
  readonly subject: string;
  readonly reference: string;
  readonly unit: string;
  /** Medians over the rounds. */
  readonly subjectMedian: number;
  readonly referenceMedian: number;
  /** Median, least and greatest of subject / reference, round by round. */
  readonly ratio: number;
  readonly least: number;
  readonly greatest: number;
  readonly rounds: number;
}

/** Measures a comparison after one round that does not count. */
export async function compare(
  comparison: Comparison,
  rounds: number,
  progress: (round: number) => void,
): Promise<Ratio> {
  await comparison.measure();
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    progress(round);
    measured.push(await comparison.measure());
  }
  const ratios = measured.map(({ subject, reference }) => subject / reference);
  const { name, subject, reference, unit } = comparison;
  return {
    name,
    subject,
    reference,
    unit,
    subjectMedian: median(measured.map((each) => each.subject)),
    referenceMedian: median(measured.map((each) => each.reference)),
    ratio: median(ratios),
    least: Math.min(...ratios),
    greatest: Math.max(...ratios),
    rounds,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
