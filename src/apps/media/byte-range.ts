/** A part of a file, from its byte `start` to its byte `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of a file that a header `Range` asks for (RFC 9110, section 14).
 *
 * @param bytes how long the file is, at least 1
 * @returns undefined for what is answered with the whole: several parts, what is no range, and units that nobody knows
 */
export function byteRange(header: string, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header) ?? [];
  if (first === '') {
    if (last === '') return;
    return Number(last) === 0 ? 'unsatisfiable' : { start: Math.max(0, bytes - Number(last)), end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? Infinity : Number(last);
  if (end < start) return;
  return start < bytes ? { start, end: Math.min(end, bytes - 1) } : 'unsatisfiable';
}
