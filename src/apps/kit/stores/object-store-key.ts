import { show } from '../../../model/index.ts';

const allowedKey =
  '1 to 1,024 characters of a-z A-Z 0-9 . _ - and /, in parts of 1 to 200 between the slashes, none of them . or ..';

/** @throws Error if it is no key of an object */
export function checkKey(key: string): void {
  if (key.length <= 1024 && key.split('/').every(isPart)) return;
  throw new Error(
    `object store: the key is ${show(key)}; allowed: ${allowedKey}; fix: make keys of ids, never of what a user wrote`,
  );
}

/** @throws Error if no key of an object can start like this */
export function checkPrefix(prefix: string): void {
  const parts = prefix.split('/');
  const last = parts.pop() ?? '';
  // What a key starts with may end anywhere, and `.` and `..` may be the start of a longer part.
  if (prefix.length <= 1024 && parts.every(isPart) && (last === '' || isPart(`${last}x`))) return;
  throw new Error(
    `object store: the prefix is ${show(prefix)}; allowed: what a key can start with, which is ${allowedKey}; fix: start it with the first part of your keys`,
  );
}

function isPart(part: string): boolean {
  return /^[a-zA-Z0-9._-]{1,200}$/.test(part) && part !== '.' && part !== '..';
}

/** @throws Error if it is no media type */
export function checkMediaType(type: string): void {
  if (type.length <= 200 && /^[\w.+-]+\/[\w.+-]+(; *[\w.+-]+=[\w.+-]+)*$/.test(type)) return;
  throw new Error(
    `object store: the media type is ${show(type)}; allowed: such as image/webp, at most 200 characters; fix: find it out from the content`,
  );
}

/** @throws Error if it is no range */
export function checkRange(range: { start: number; end: number } | undefined): void {
  if (!range) return;
  const { start, end } = range;
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start) return;
  throw new Error(
    `object store: the range is ${start} to ${end}; allowed: whole numbers from 0, the end not before the start; fix: check it before`,
  );
}
