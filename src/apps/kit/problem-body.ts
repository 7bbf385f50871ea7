import { z } from 'zod';

const fieldError = z.object({ path: z.string(), message: z.string() }).readonly();

/** One part of a request that is wrong, such as `body.tags[2]`. */
export type FieldError = z.output<typeof fieldError>;

/**
 * The body of every answer that is an error.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export const problemBody = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The status in words.'),
    status: z.int(),
    // Of a status from 500 on it says nothing about the inside of the service.
    detail: z.string().describe('What is wrong, for a reader.'),
    code: z.string().describe('What is wrong, for a program; never changes for the same mistake.'),
    traceId: z.string().describe('By which the logs of all services are searched.'),
    errors: z.array(fieldError).readonly().optional().describe('The parts of the request that are wrong.'),
  })
  .readonly();

export type ProblemBody = z.output<typeof problemBody>;
