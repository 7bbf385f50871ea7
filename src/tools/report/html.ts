/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number;

/** Writes HTML in which every value is text, unless it is HTML itself. */
export function html(strings: TemplateStringsArray, ...values: readonly (Part | readonly Part[])[]): Html {
  const parts = strings.flatMap((text, index) => [text, ...[values[index] ?? ''].flat().map(written)]);
  return { html: parts.join('') };
}

/** Takes text for HTML, such as a drawing. */
html.safe = (text: string): Html => ({ html: text });

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function written(part: Part): string {
  return typeof part === 'object' ? part.html : String(part).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
