import { expect, test } from 'vitest';
import { problemsOf } from '../../test/problems-of.ts';
import { parseSleepers, sleepersText } from './activator.ts';

const media = { name: 'media', readyUrl: 'http://media:4313/readyz', coldStart: '45s' } as const;
const birdImage = { name: 'bird-image', readyUrl: 'http://bird-image:3000/readyz', coldStart: '2m' } as const;

test.each([
  [[media], 'media=http://media:4313/readyz;45s'],
  [[media, birdImage], 'media=http://media:4313/readyz;45s,bird-image=http://bird-image:3000/readyz;2m'],
])('services as text, and back', (sleepers, text) => {
  expect(sleepersText(sleepers)).toBe(text);
  expect(parseSleepers(text)).toEqual(sleepers);
});

const form = 'services with commas in between, such as media=http://media:4313/readyz;45s';

test.each([
  '',
  'media',
  'media=http://media:4313/readyz',
  'media=http://media:4313/readyz;',
  'media=http://media:4313/readyz;45',
  'media=media:4313;45s',
  'media=http://;45s',
  'Media=http://media:4313/readyz;45s',
  '=http://media:4313/readyz;45s',
])('%j is refused', (text) => {
  expect(problemsOf(() => parseSleepers(text))).toEqual([
    `SERVICES: got ${JSON.stringify(text)}; allowed: ${form}; fix: leave it as the gateway sets it`,
  ]);
});

test('all mistakes at once', () => {
  expect(problemsOf(() => parseSleepers(`${sleepersText([media, media])},`))).toEqual([
    `SERVICES: got ""; allowed: ${form}; fix: leave it as the gateway sets it`,
    'SERVICES: got "media"; allowed: each service once; fix: delete one of the two',
  ]);
});
