import type { Readable } from 'node:stream';
import { z } from 'zod';
import { check, listOf, rule, strict } from './declaration-error.ts';
import { bytesFrom } from './quantity.ts';

const mediaType = z.string().regex(/^[a-z]+\/([a-z0-9][a-z0-9.+-]*|\*)$/, {
  error: rule('a media type such as image/png or image/*', 'write both halves, in lower case'),
});

const shape = strict({
  /** The media types that it may have. */
  types: listOf(mediaType, 'media type', "name them, such as ['image/png']"),
  /** The largest that it may be, as a body. @default '16Mi' */
  limit: bytesFrom('1Ki', '10Gi').default('16Mi'),
});

export type FileOptions = z.output<typeof shape>;

const files = new WeakMap<z.ZodType, FileOptions>();

/**
 * A body or a response that is no JSON but the bytes themselves. It is never in memory as a whole: a handler reads a stream, and answers with one. A body
 * past `limit` is refused with 413, one of another type with 415. What a handler has in memory anyway it may answer as a buffer.
 *
 * @throws DeclarationError
 */
export function file(options: z.input<typeof shape>): z.ZodType<Readable, Readable | Buffer> {
  const checked = check(shape, options, 'file');
  const schema: z.ZodType<Readable, Readable | Buffer> = z
    .custom<Readable>()
    .meta({ type: 'string', format: 'binary' }) as never;
  files.set(schema, checked);
  return schema;
}

/** What a schema that `file` made was told; nothing for any other. */
export function fileOptions(schema: z.ZodType | undefined): FileOptions | undefined {
  return schema && files.get(schema);
}
