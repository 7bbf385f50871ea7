import { expect, test } from 'vitest';
import { textParts } from './text-parts.ts';

const handles = (text: string) => textParts(text).flatMap(({ handle }) => (handle ? [handle] : []));

test.each<[text: string, handles: string[]]>([
  ['with @ann', ['ann']],
  ['@Ann.Lee, @bo_1: hello', ['ann.lee', 'bo_1']],
  ['thanks @ann.', ['ann']],
  ['(@ann)', ['ann']],
  ['ann@example.com', []],
  ['@an', []],
  ['@@ann', []],
  ['', []],
])('%j names %j', (text, named) => {
  expect(handles(text)).toEqual(named);
});

test('nothing of the text is lost', () => {
  const text = 'At the sea with @ann and @bo.b!\nMore @soon.';
  expect(
    textParts(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
});
