import { expect, test } from 'vitest';
import { contentTypeOf } from './content-type.ts';
import { imageTypes, videoTypes } from './contract.ts';

test.each([
  ['nothing', '', 'empty'],
  ['what nobody knows', 'hello', 'of no type that is known'],
  ['what is known and not wanted', '%PDF-1.7\n%', 'of the type application/pdf'],
])('%s is refused with what it is', async (_, start, what) => {
  await expect(contentTypeOf(Buffer.from(start))).rejects.toMatchObject({
    statusCode: 415,
    message: `By its content the file is ${what}; allowed: ${[...imageTypes, ...videoTypes].join(', ')}`,
  });
});
