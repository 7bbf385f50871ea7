const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** Such as `812 kB` and `3.4 MB`. */
export function size(bytes: number): string {
  return bytes < 1_000_000 ? `${number.format(Math.ceil(bytes / 1_000))} kB` : `${number.format(bytes / 1_000_000)} MB`;
}
