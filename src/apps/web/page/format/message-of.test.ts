import { expect, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { messageOf } from './message-of.ts';

const problem = (status: number, code: string, detail = 'It is wrong') =>
  new ApiError({ status, code, detail, traceId: 'abcdef0123' });

test.each<[what: string, error: unknown, message: RegExp]>([
  ['a mistake with a text for people', problem(409, 'handle-taken'), /^Somebody has this handle already/],
  ['one without, in the words of the service', problem(409, 'too-many-followed', 'Nobody can'), /^Nobody can\.$/],
  ['too much at once', problem(429, 'too-many-requests'), /Wait a minute/],
  ['a service that is away', problem(503, 'database-unavailable'), /busy at the moment/],
  ['a mistake of ours, with what finds it', problem(500, 'internal-error'), /abcdef01\./],
  ['no answer', new ApiError({ status: 0, code: 'offline', detail: '' }), /no connection/],
  ['a mistake of the page', new TypeError('x'), /Reload it/],
])('says of %s what helps', (_, error, message) => {
  expect(messageOf(error)).toMatch(message);
});
