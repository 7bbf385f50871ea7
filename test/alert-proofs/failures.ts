import { type Proof, type ProofOf, rising, type ScrapedSeries } from './proof.ts';

/** Series of what went well and of what failed. @param values of each, or of a single one that failed and of none that went well */
type Counted = (failed: string, well: string) => readonly ScrapedSeries[];

/** How a share of failures is proved, in which fewer than five in ten minutes do not count. */
export function failuresProof(percent: number, counted: Counted, others: Proof['silent'] = []): Proof {
  /** Of so many a minute that fail, how many go well where they are that share. */
  const well = (failed: number, share: number) => failed * (100 / share - 1);
  const share = (of: number) => counted(rising(3, 60), rising(well(3, of), 60));
  return {
    // By the second minute they are enough.
    fires: [
      { what: 'a larger share', series: share(percent * 1.2), since: 2 },
      { what: 'all', series: counted(rising(3, 60), '1000x60'), since: 2 },
    ],
    silent: [
      { what: 'a smaller share', series: share(percent * 0.8), until: 60 },
      { what: 'few', series: counted('1000 1001 1002 1003 1004x60', '1000x60'), until: 60 },
      { what: 'nobody asks', series: counted('1000x60', '1000x60'), until: 60 },
      ...others,
    ],
  };
}

/** The same, as a proof of one alert. */
export type FailuresProof = ProofOf<number>;
