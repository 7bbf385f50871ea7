import { expect, test } from 'vitest';
import { CommandError } from '../../run-command.ts';
import { csvTrace } from './csv-trace.ts';
import { longestTrace } from './longest-trace.ts';

const hundredThenTwo = [
  { at: 0, perSecond: 100 },
  { at: 60, perSecond: 2.5 },
  { at: 120, perSecond: 2.5 },
];

test.each<[what: string, text: string]>([
  ['seconds', '0,100\n60,2.5\n'],
  ['seconds that begin anywhere', '1000,100\n1060,2.5'],
  ['milliseconds since 1970', '1700000000000,100\n1700000060000,2.5'],
  ['names in the first line', 'time,requests per second\n0,100\n60,2.5'],
  ['what a spreadsheet writes', '\uFEFF"Time";"Rate"\r\n0;100\r\n60;2.5\r\n'],
  ['tabs', '0\t100\n60\t2.5'],
  ['empty lines and remarks', '# of posts\n\n0, 100\n\n60 ,2.5\n\n'],
  ['timestamps', '2026-11-22T10:00:00Z,100\n2026-11-22T10:01:00Z,2.5'],
  ['timestamps without a zone', '2026-11-22 10:00,100\n2026-11-22 10:01,2.5'],
  ['timestamps of different zones', '2026-11-22T10:00:00+02:00,100\n2026-11-22T08:01:00.000Z,2.5'],
])('%s', (_, text) => {
  expect(csvTrace('traffic.csv', text).points).toEqual(hundredThenTwo);
});

test('a week with its last line is not too long', () => {
  expect(csvTrace('a', `0,1\n${longestTrace / 2},2`).points.at(-1)?.at).toBe(longestTrace);
});

test('timestamps say when it began, for schedules, and seconds do not', () => {
  expect(csvTrace('a', '2026-11-22 10:00,1\n2026-11-22 10:01,2').startsAt).toEqual(new Date('2026-11-22T10:00:00Z'));
  expect(csvTrace('a', '0,1\n60,2').startsAt).toBeUndefined();
});

test.each<[what: string, text: string, message: string]>([
  ['nothing', '', 'a.csv:1: got 0 of them; allowed: at least two lines of traffic; fix: add lines such as 60,120'],
  [
    'names alone',
    'time,rate\n',
    'a.csv:1: got 0 of them; allowed: at least two lines of traffic; fix: add lines such as 60,120',
  ],
  [
    'one line',
    'time,rate\n0,5\n',
    'a.csv:2: got 1 of them; allowed: at least two lines of traffic; fix: add lines such as 60,120',
  ],
  [
    'one column',
    '0,5\n60\n',
    'a.csv:2: got 1 column, "60"; allowed: two: time and requests per second; fix: part them by a comma',
  ],
  [
    'a decimal comma',
    '0,5\n60,7,5\n',
    'a.csv:2: got 3 columns, "60 | 7 | 5"; allowed: two: time and requests per second; fix: leave the others out; a fraction has a point, no comma',
  ],
  [
    'a decimal comma beside semicolons',
    '0;5\n60;7,5\n',
    'a.csv:2: got "7,5"; allowed: requests per second, a number from 0 to 1000000; fix: a fraction has a point, no comma',
  ],
  [
    'a unit',
    '0,5\n60,7 req/s\n',
    'a.csv:2: got "7 req/s"; allowed: requests per second, a number from 0 to 1000000; fix: write the number alone',
  ],
  [
    'no rate',
    '0,5\n60,\n',
    'a.csv:2: got ""; allowed: requests per second, a number from 0 to 1000000; fix: write 0 where there were none',
  ],
  [
    'less than nothing',
    '0,5\n60,-1\n',
    'a.csv:2: got "-1"; allowed: requests per second, a number from 0 to 1000000; fix: write the number alone',
  ],
  [
    'more than there can be',
    '0,5\n60,1e9\n',
    'a.csv:2: got "1e9"; allowed: requests per second, a number from 0 to 1000000; fix: write the number alone',
  ],
  [
    'no time',
    '0,5\nsoon,5\n',
    'a.csv:2: got "soon"; allowed: seconds such as 60, or a time such as 2026-11-22T10:00:00Z; fix: write one of the two',
  ],
  [
    'a day that is none',
    '2026-02-30T10:00:00Z,5\n2026-13-01T10:00:00Z,5\n',
    'a.csv:2: got "2026-13-01T10:00:00Z"; allowed: seconds such as 60, or a time such as 2026-11-22T10:00:00Z; fix: write one of the two',
  ],
  [
    'two ways of time',
    '0,5\n2026-11-22T10:00:00Z,5\n',
    'a.csv:2: got "2026-11-22T10:00:00Z"; allowed: seconds, as in line 1; fix: write all times in one way',
  ],
  [
    'a time before the one before',
    'time,rate\n0,5\n60,6\n30,7\n',
    'a.csv:4: got "30"; allowed: a time after that of line 3; fix: sort the lines, and leave out what is there twice',
  ],
  [
    'a time twice',
    '0,5\n0,6\n',
    'a.csv:2: got "0"; allowed: a time after that of line 1; fix: sort the lines, and leave out what is there twice',
  ],
  [
    'too long',
    `0,5\n${longestTrace / 2},6\n${longestTrace / 2 + 302_401},6\n`,
    'a.csv:3: got "604801", with which it is 907202 s long, as the last line lasts as long as the one before it; allowed: at most 604800 s in all, which are 7 days; fix: cut the file',
  ],
  [
    'too long with its last line',
    `0,50\n${longestTrace},60\n`,
    'a.csv:2: got "604800", with which it is 1209600 s long, as the last line lasts as long as the one before it; allowed: at most 604800 s in all, which are 7 days; fix: cut the file',
  ],
  [
    'too short',
    '0,5\n0.5,6\n',
    'a.csv:2: got "0.5", 0.5 s after line 1; allowed: at least 1 s in all; fix: write times in seconds',
  ],
  [
    'a quote that is not closed',
    '0,5\n60,"7\n70,8\n',
    'a.csv:2: got a quote that is not closed; allowed: a CSV whose quotes are closed; fix: leave the quotes out',
  ],
  [
    'text behind a quote',
    '0,5\n60,"7"x\n',
    'a.csv:2: got Invalid Closing Quote: got "x" at line 2 instead of delimiter, record delimiter, trimable character (if activated) or comment; allowed: a CSV whose quotes are closed; fix: leave the quotes out',
  ],
])('%s is told by its line', (_, text, message) => {
  const call = () => csvTrace('a.csv', text);
  expect(call).toThrow(new CommandError(message, 2));
});

test('all mistakes are told at once, up to ten of them', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `${index},x`);
  const call = () => csvTrace('a.csv', ['0,0', ...lines].join('\n'));
  expect(call).toThrow(/^a\.csv:2: got "x"; .*\n(a\.csv:\d+: .*\n){9}and 2 more$/);
});
