/** A series that Prometheus has. Of a label whose value is `null` only Prometheus knows the value. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | null>>;
}

/** The series of a scrape, in the text format. @throws Error that shows a line which is none */
export function scraped(text: string): Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [whole, name = '', labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? [^ ]+(?: \d+)?$/.exec(line) ?? [];
      if (whole === undefined) throw new Error(`no sample: ${line}`);
      const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
      return { name, labels: Object.fromEntries(pairs.map(([, label, value]) => [label, unescaped(value ?? '')])) };
    });
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}
