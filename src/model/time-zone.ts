import { z } from 'zod';
import { rule } from './declaration-error.ts';

/** A time zone by its name. */
export const timeZone = z
  .string()
  .refine(isTimeZone, { error: rule('a time zone of the IANA database, such as Europe/Berlin', 'correct the name') });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
