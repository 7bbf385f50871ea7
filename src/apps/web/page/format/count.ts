const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat();

/** Such as `7`, `1,204`, `12.5K`. */
export function count(number: number): string {
  return (number < 10_000 ? whole : short).format(number);
}

/** Such as `1 like` and `7 likes`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
