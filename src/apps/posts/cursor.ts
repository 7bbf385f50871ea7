import { HttpError } from '../kit/index.ts';
import { idForm } from './contract.ts';

/** The cursor of a page whose last entry has this id. */
export function cursorOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The id behind a cursor. @throws HttpError 400 `invalid-cursor` if it is none of ours */
export function idOfCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (idForm.test(id) && cursorOf(id) === cursor) return id;
  throw new HttpError(400, 'invalid-cursor', 'The cursor is not one that a page had as its next; start without one');
}
