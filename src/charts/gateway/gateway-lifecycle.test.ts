import fc from 'fast-check';
import { expect, test } from 'vitest';
import { office, shop } from '../../../test/gateway/shop.ts';
import { type Lifecycle, toMilliseconds } from '../../model/index.ts';
import { answerWithin, gatewayEnd, gatewayGraceSeconds, idleUpstream } from './gateway-lifecycle.ts';

const lifecycle = (props: Partial<Lifecycle>): Lifecycle => ({ ...shop.lifecycle, ...props });

test('a gateway ends as slowly as the slowest behind it', () => {
  const slow = { ...office, lifecycle: lifecycle({ drainDelay: '7s', drain: '1m' }) };
  expect(gatewayEnd([shop, slow])).toEqual({ delay: 7_000, drain: 60_000 });
  expect(gatewayGraceSeconds(gatewayEnd([shop, slow]))).toBe(72);
});

test('and where a request may wait for a start, by that longer', () => {
  const sleeper = (name: string) => ({ name, readyUrl: `http://${name}/readyz`, coldStart: '45s' }) as const;
  expect(gatewayEnd([shop, office], [sleeper('shop')]).drain).toBe(toMilliseconds(shop.lifecycle.drain) + 45_000);
  expect(gatewayEnd([shop, office], [sleeper('other')])).toEqual(gatewayEnd([shop, office]));
});

test('the service answers before the gateway does in its place', () => {
  expect(answerWithin(lifecycle({ request: '15s' }), false)).toBe(16_000);
  expect(answerWithin(lifecycle({ request: '15s' }), true)).toBe(31_000);
});

test.each([
  ['5s', '100s', 4_000],
  ['5m', '10s', 9_000],
  ['1s', '100s', 500],
  ['0s', '100s', 0],
] as const)(
  'with a drain delay of %s and a keep-alive of %s an idle connection lasts %i ms',
  (drainDelay, keepAlive, is) => {
    expect(idleUpstream(lifecycle({ drainDelay, keepAlive }))).toBe(is);
  },
);

test('an idle connection never lasts until the service closes it', () => {
  const milliseconds = fc.integer({ min: 1, max: 300_000 });
  fc.assert(
    fc.property(milliseconds, fc.integer({ min: 1_000, max: 300_000 }), (delay, keepAlive) => {
      const given = lifecycle({ drainDelay: `${delay}ms`, keepAlive: `${keepAlive}ms` });
      const idle = idleUpstream(given);
      expect(idle).toBeLessThan(toMilliseconds(given.drainDelay));
      expect(idle).toBeLessThan(toMilliseconds(given.keepAlive));
    }),
  );
});
