import { HttpError } from '../kit/index.ts';

/** Where an entry stands in a list of people, as SQL knows it: a bigint. */
export const positionForm = /^[1-9]\d{0,17}$/;
/** Where somebody stands among all handles. */
export const handleForm = /^[a-z0-9._]{3,30}$/;

/** The cursor of a page whose last entry stands there. */
export function cursorOf(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** The place behind a cursor. @throws HttpError 400 `invalid-cursor` if no page of such a list had it */
export function placeOf(cursor: string, form: RegExp): string {
  const place = Buffer.from(cursor, 'base64url').toString('latin1');
  if (form.test(place) && cursorOf(place) === cursor) return place;
  throw new HttpError(400, 'invalid-cursor', 'The cursor is not one that a page had as its next; start without one');
}
