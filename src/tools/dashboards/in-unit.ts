const thousands = ['', ' K', ' Mil', ' Bil'];
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A value as Grafana writes it in a unit. @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
export function inUnit(value: number, unit = 'short'): string {
  if (unit.startsWith('suffix:')) return `${short(value)}${unit.slice('suffix:'.length)}`;
  switch (unit) {
    case 'percentunit':
      return `${short(value * 100)} %`;
    case 'percent':
      return `${short(value)} %`;
    case 's':
      return seconds(value);
    case 'bytes':
      return scaled(value, 1_024, binary, ' ');
    case 'Bps':
      return `${scaled(value, 1_024, binary, ' ')}/s`;
    case 'reqps':
      return `${short(value)} req/s`;
    case 'ops':
      return `${short(value)} ops/s`;
    case 'none':
      return short(value);
    default:
      return scaled(value, 1_000, thousands, '');
  }
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size >= 86_400) return `${short(value / 86_400)} d`;
  if (size >= 3_600) return `${short(value / 3_600)} h`;
  if (size >= 60) return `${short(value / 60)} min`;
  if (size >= 1 || size === 0) return `${short(value)} s`;
  return size >= 0.001 ? `${short(value * 1_000)} ms` : `${short(value * 1_000_000)} µs`;
}

function scaled(value: number, base: number, names: readonly string[], gap: string): string {
  let rest = value;
  let power = 0;
  while (Math.abs(rest) >= base && power < names.length - 1) {
    rest /= base;
    power++;
  }
  return `${short(rest)}${gap}${names[power]}`;
}

/** In three digits at most, so that it can be read at a glance. */
function short(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}
