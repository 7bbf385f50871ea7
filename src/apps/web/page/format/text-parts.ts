/** A part of a text; `handle` where it names somebody. */
export interface TextPart {
  readonly text: string;
  readonly handle?: string;
}

/** Splits a text at the people whom it names, such as `@ann`. A full stop after a handle is not part of it, and `ann@example.com` names nobody. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/(?<![\w@.])@([a-z0-9][a-z0-9._]{1,28}[a-z0-9])(?![\w@])/gi)) {
    const [whole, handle = ''] = match;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: whole, handle: handle.toLowerCase() });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
