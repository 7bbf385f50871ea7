import { expect, test } from 'vitest';
import { quietTimes } from './quiet-times.ts';

const timeZone = 'Etc/UTC';

test.each([
  ['09:00', '17:30', [{ from: '09:00', to: '17:30' }]],
  [
    '20:00',
    '07:00',
    [
      { from: '20:00', to: '24:00' },
      { from: '00:00', to: '07:00' },
    ],
  ],
  ['22:00', '00:00', [{ from: '22:00', to: '24:00' }]],
  ['00:00', '06:00', [{ from: '00:00', to: '06:00' }]],
])('from %s to %s no stretch passes midnight', (from, to, times) => {
  expect(quietTimes({ from, to, weekends: false, timeZone })).toEqual([{ times }]);
});

test('weekends are quiet all day', () => {
  expect(quietTimes({ from: '20:00', to: '21:00', weekends: true, timeZone })).toEqual([
    { times: [{ from: '20:00', to: '21:00' }] },
    { weekdays: ['saturday', 'sunday'] },
  ]);
});
