/** Lines, and blocks with lines of their own. */
export type Line = string | readonly [head: string, body: readonly Line[]];

/** A file of Nginx's configuration. */
export function text(lines: readonly Line[], indent = ''): string {
  return lines
    .map((line) =>
      typeof line === 'string'
        ? `${line && indent + line}\n`
        : `${indent}${line[0]} {\n${text(line[1], `${indent}  `)}${indent}}\n`,
    )
    .join('');
}

/** A variable whose value follows from a text; the first key that matches counts. */
export function map(source: string, name: string, entries: readonly (readonly [key: string, value: string])[]): Line {
  // A text would match in upper and lower case alike; a regular expression, which begins with ~, does not.
  return [`map "${source}" ${name}`, entries.map(([key, value]) => `${quoted(key)} ${quoted(value)};`)];
}

function quoted(value: string): string {
  return value === 'default' ? value : `"${value}"`;
}

/** A time as Nginx writes it. @param milliseconds whole ones */
export function time(milliseconds: number): string {
  return milliseconds % 1_000 === 0 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;
}
