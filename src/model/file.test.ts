import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problemsOf } from '../../test/problems-of.ts';
import { file, fileOptions } from './file.ts';

const declare = (options: unknown) => () => file(options as Parameters<typeof file>[0]);

test('minimal props', () => {
  expect(fileOptions(file({ types: ['image/png'] }))).toEqual({ types: ['image/png'], limit: '16Mi' });
});

test('all props', () => {
  const options = { types: ['image/*', 'video/mp4', 'application/vnd.api+json'], limit: '2Gi' } as const;
  expect(fileOptions(file({ ...options, types: [...options.types] }))).toEqual(options);
});

test('no other schema is one', () => {
  expect(fileOptions(z.string())).toBeUndefined();
  expect(fileOptions(undefined)).toBeUndefined();
});

test('the OpenAPI document calls it binary', () => {
  expect(file({ types: ['image/png'] }).meta()).toEqual({ type: 'string', format: 'binary' });
});

describe('is refused', () => {
  test.each<[what: string, declare: () => unknown, problems: string[]]>([
    [
      'nothing in it',
      declare({}),
      ['file.types: got nothing; allowed: a list of at least one media type; fix: add it'],
    ],
    [
      'no type',
      declare({ types: [] }),
      ["file.types: got []; allowed: a list of at least one media type; fix: name them, such as ['image/png']"],
    ],
    ...['png', 'image/', '*/*', 'Image/PNG', 'image/png; q=1'].map((type): [string, () => unknown, string[]] => [
      `the type ${type}`,
      declare({ types: [type] }),
      [
        `file.types[0]: got "${type}"; allowed: a media type such as image/png or image/*; fix: write both halves, in lower case`,
      ],
    ]),
    [
      'a limit past what a body may be',
      declare({ types: ['image/png'], limit: '11Gi' }),
      ['file.limit: got "11Gi"; allowed: from 1Ki to 10Gi; fix: choose an amount in that range'],
    ],
  ])('%s', (_what, declared, problems) => {
    expect(problemsOf(declared)).toEqual(problems);
  });
});
