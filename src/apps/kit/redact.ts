const hidden = '[hidden]';

/** What is named so is nobody's business, whatever else its name has: `refreshToken`, `X-Amz-Signature`, `set-cookie`. */
const secretName = /passw|pwd|secret|token|cookie|authorization|credential|signature|(?:api|access|private)[-_]?key/i;

/** In a text within a text a quotation mark has backslashes before it, and the one at the other end as many. */
const quoted = String.raw`(?<slashes>\\*)(?<mark>["'])(?:.*?(?<!\\)\k<slashes>\k<mark>|.*$)`;

const list = String.raw`\[(?:.*?\](?=[,}\s]|$)|.*$)`;

/** What no text may show, by what it looks like. Each takes time by the length of the text, and no more: anybody may send a long one. */
const forms: readonly { readonly of: RegExp; readonly by: string }[] = [
  // A header, with all that follows on its line
  { of: /(?<name>cookie|authorization): *[^\n]+/gi, by: `$<name>: ${hidden}` },
  { of: /(?<name>passw(?:or)?d): *[^\s"']+/gi, by: `$<name>: ${hidden}` },
  // password=..., "password": "..." of a JSON text, and password: '...' of what Node shows of an object
  {
    of: new RegExp(
      String.raw`(?<name>(?:${secretName.source})[\w-]{0,40})(?<sign>=|\\*["']\s*:\s*|:\s*(?=["'[]))(?:${quoted}|${list}|[^\s&;,"'\\}\]]+)`,
      'gis',
    ),
    by: `$<name>$<sign>${hidden}`,
  },
  { of: /\b(?<scheme>bearer|basic|digest)(?<space> +|%20)[\w.~+/=-]{6,}/gi, by: `$<scheme>$<space>${hidden}` },
  // A JSON Web Token, or a part of one
  { of: /eyJ[\w-]{6,}(?:\.[\w-]*)*/g, by: hidden },
  // https://somebody:password@host
  { of: /:\/\/[^\s/@"\\]+@/g, by: `://${hidden}@` },
  // somebody@example.com
  {
    of: /(?<![^\s"'\\,;:=<>()[\]{}/|&?#])[^\s"'\\,;:=<>()[\]{}/|&?#@]+(?:@|%40)[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/gu,
    by: hidden,
  },
];

/** Takes out of a text what looks like a password, a token, a cookie or an e-mail address, wherever it came from. */
export function redactText(text: string): string {
  let safe = text;
  for (const { of, by } of forms) safe = safe.replace(of, by);
  return safe;
}

/**
 * Takes secrets out of finished lines: by their values, by the names of fields, and by what they look like in a text. Whoever writes a line cannot see what is inside a message, a URL
 * or an error of some library. A value of less than 4 characters is left: it is in half of all lines by chance, and protects nothing.
 */
export function createRedactor(secrets: readonly string[]): (line: string) => string {
  const values = new Set(
    secrets
      .filter((secret) => secret.length >= 4)
      .flatMap((secret) => [
        JSON.stringify(secret).slice(1, -1),
        JSON.stringify(encodeURIComponent(secret)).slice(1, -1),
      ]),
  );
  return (line) => {
    let safe = line;
    for (const value of values) if (safe.includes(value)) safe = safe.replaceAll(value, hidden);
    return `${JSON.stringify(redacted(JSON.parse(safe)))}\n`;
  };
}

function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(redacted);
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [name, secretName.test(name) ? hidden : redacted(of)]),
  );
}
