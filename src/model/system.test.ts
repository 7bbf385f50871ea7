import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contractNamed, minimalService } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { defineContract, get } from './contract.ts';
import { secret } from './env.ts';
import { fixed } from './scaling.ts';
import { defineService } from './service.ts';
import { defineSystem } from './system.ts';

const label = 'a DNS label: 1 to 63 of a-z, 0-9 and -, a letter first, no - at the end';
const users = minimalService(contractNamed('users'));
const inner = minimalService(defineContract({ name: 'inner', port: 3000, routes: {} }));
const other = minimalService(
  defineContract({
    name: 'other',
    port: 3000,
    routes: { list: get('/others', { summary: 'Lists.', exposed: true, response: z.string() }) },
  }),
);
const shop = defineService({
  contract: contractNamed('shop'),
  owner: 'team',
  description: 'Sells.',
  scaling: fixed(1),
  calls: [users.contract],
});

/** A service with a parameter of this name in an exposed path. */
const itemNamed = (name: string) =>
  minimalService(
    defineContract({
      name,
      port: 3000,
      routes: {
        item: get(`/items/:${name}`, {
          summary: 'An item.',
          exposed: true,
          params: z.object({ [name]: z.string() }),
          response: z.string(),
        }),
      },
    }),
  );

/** A service that reads these keys of the Secret `keys`, one variable each. */
const readingKeys = (name: string, ...keys: Omit<Parameters<typeof secret>[0], 'secret'>[]) =>
  defineService({
    contract: contractNamed(name),
    owner: 'team',
    description: 'Reads.',
    scaling: fixed(1),
    env: Object.fromEntries(keys.map((each, index) => [`KEY_${index}`, secret({ secret: 'keys', ...each })])),
  });

const declare = (props: unknown) => () => defineSystem(props as Parameters<typeof defineSystem>[0]);

test('minimal props', () => {
  expect(defineSystem({ name: 'mall', services: [users] })).toEqual({ name: 'mall', services: [users], entrances: [] });
});

test('all props', () => {
  const props = {
    name: 'mall',
    services: [shop, users],
    entrances: [{ host: 'shop', services: [shop], nodePort: 30_000 }],
  };
  expect(defineSystem(props)).toEqual(props);
});

test('several services answer on one host, each at its own paths', () => {
  const props = { name: 'mall', services: [users, other], entrances: [{ host: 'mall', services: [users, other] }] };
  expect(defineSystem(props)).toEqual(props);
});

test('services may read one key that a person gives, and a service its own generated one by two names', () => {
  const services = [
    readingKeys('one', { key: 'given' }, { key: 'made', generated: true }, { key: 'made' }),
    readingKeys('two', { key: 'given' }, { key: 'made-too', generated: true }),
  ] as const;
  expect(problemsOf(declare({ name: 'mall', services }))).toEqual([]);
});

describe('is refused', () => {
  test.each<[what: string, declare: () => unknown, problems: string[]]>([
    ['undefined', declare(undefined), ['system: got nothing; allowed: an object; fix: add it']],
    ['null', declare(null), ['system: got null; allowed: an object; fix: write an object']],
    ['a number', declare(3), ['system: got 3; allowed: an object; fix: write an object']],
    [
      'nothing in it',
      declare({}),
      [
        `system.name: got nothing; allowed: ${label}; fix: add it`,
        'system.services: got nothing; allowed: a list of at least one service; fix: add it',
      ],
    ],
    [
      'no service',
      declare({ name: 'mall', services: [] }),
      ['mall.services: got []; allowed: a list of at least one service; fix: import them from their apps'],
    ],
    [
      'a contract in place of a service',
      declare({ name: 'mall', services: [{ ...users.contract, routes: {} }] }),
      [
        'mall.services[0]: got {"name":"users","port":3000,"routes":{}}; allowed: a service; fix: write it with defineService and import it',
      ],
    ],
    ...[{ contract: {}, scaling: {} }, JSON.parse(JSON.stringify(users))].map(
      (made): [string, () => unknown, string[]] => [
        'a service made by hand',
        declare({ name: 'mall', services: [made], entrances: [{ host: 'a', services: [made] }] }),
        ['services[0]', 'entrances[0].services[0]'].map((at) =>
          expect.stringMatching(
            new RegExp(
              `^mall\\.${at.replaceAll(/[[\].]/g, '\\$&')}: got .*; allowed: a service; fix: write it with defineService and import it$`,
            ),
          ),
        ),
      ],
    ),
    ...['default', 'kube-system'].map((name): [string, () => unknown, string[]] => [
      `the namespace ${name}`,
      declare({ name, services: [users] }),
      [
        `${name}.name: got "${name}"; allowed: a name other than default and kube-...; fix: choose another: its namespace would lock out what runs there already`,
      ],
    ]),
    [
      'a host that is too long for the name of its NodePort',
      declare({
        name: 'mall',
        services: [users],
        entrances: [
          { host: 'a'.repeat(54), services: [users], nodePort: 30_000 },
          { host: 'b'.repeat(53), services: [users], nodePort: 30_001 },
          { host: 'c'.repeat(63), services: [users] },
        ],
      }),
      [
        `mall.entrances[0].host: got "${'a'.repeat(54)}"; allowed: at most 53 characters for an entrance with a NodePort; fix: shorten it, or delete nodePort`,
      ],
    ],
    [
      'a misspelt key',
      declare({ name: 'mall', services: [users], entrance: [] }),
      [
        'mall.entrance: got []; allowed: the keys name, services, entrances; fix: did you mean entrances? else delete entrance',
      ],
    ],
    [
      'a service twice',
      declare({ name: 'mall', services: [users, users] }),
      ['mall.services[1]: got "users"; allowed: each service once; fix: delete it here'],
    ],
    [
      'a call of a service that is not there',
      declare({ name: 'mall', services: [shop] }),
      [
        'mall.services[0].calls[0]: got "users"; allowed: a service of this system: shop; fix: add users to the system, or delete the call',
      ],
    ],
    [
      "a call of another contract by the callee's name",
      declare({ name: 'mall', services: [shop, minimalService(contractNamed('users'))] }),
      [
        `mall.services[0].calls[0]: got "users"; allowed: the contract that users itself declares; fix: import it from the called app's contract.ts`,
      ],
    ],
    [
      'a key that is made for another service, before it or after it, generated or not',
      declare({
        name: 'mall',
        services: [
          readingKeys('one', { key: 'other' }, { key: 'made' }),
          readingKeys('two', { key: 'made', generated: true }),
          readingKeys('three', { key: 'made', generated: true }),
        ],
      }),
      [
        ['0', '1'],
        ['2', '0'],
      ].map(
        ([index, variable]) =>
          `mall.services[${index}].env.KEY_${variable}.key: got "made"; allowed: a key that no other service has as generated: the one of Secret keys is made for two.KEY_0 alone; fix: choose another; what another service keeps is reached by calls`,
      ),
    ],
    [
      'an entrance of a service that is not there',
      declare({ name: 'mall', services: [users], entrances: [{ host: 'shop', services: [shop] }] }),
      ['mall.entrances[0].services[0]: got "shop"; allowed: a service of this system: users; fix: add it to services'],
    ],
    [
      'an entrance without exposed route',
      declare({ name: 'mall', services: [inner], entrances: [{ host: 'inner', services: [inner] }] }),
      [
        'mall.entrances[0].services[0]: got "inner"; allowed: a service with an exposed route; fix: set exposed: true on a route of inner, or delete it here',
      ],
    ],
    [
      'two services with one path on one host',
      declare({ name: 'mall', services: [users, shop], entrances: [{ host: 'mall', services: [users, shop] }] }),
      [
        'mall.entrances[0].services[1]: got "shop, with /items"; allowed: paths that users does not expose on mall; fix: change one of the two paths',
      ],
    ],
    [
      'two services with paths on one host that differ in the names of their parameters alone',
      declare({
        name: 'mall',
        services: ['one', 'two'].map(itemNamed),
        entrances: [{ host: 'mall', services: ['one', 'two'].map(itemNamed) }],
      }),
      [
        'mall.entrances[0].services[1]: got "two, with /items/:two"; allowed: paths that one does not expose on mall; fix: change one of the two paths',
      ],
    ],
    [
      'an entrance of no service',
      declare({ name: 'mall', services: [users], entrances: [{ host: 'mall', services: [] }] }),
      [
        'mall.entrances[0].services: got []; allowed: a list of at least one service; fix: name those whose routes answer there',
      ],
    ],
    [
      'a host and a NodePort twice',
      declare({
        name: 'mall',
        services: [users],
        entrances: [
          { host: 'users', services: [users], nodePort: 30_000 },
          { host: 'users', services: [users], nodePort: 30_000 },
        ],
      }),
      [
        'mall.entrances[1].host: got "users"; allowed: each host once; fix: choose another host',
        'mall.entrances[1].nodePort: got 30000; allowed: each NodePort once; fix: choose another port',
      ],
    ],
    [
      'all mistakes at once, those between its parts too',
      declare({
        name: 'The Mall',
        services: [shop],
        entrances: [{ host: 'shop.test', services: [users], nodePort: 80 }],
      }),
      [
        `The Mall.name: got "The Mall"; allowed: ${label}; fix: use lower-case letters, digits and single dashes`,
        `The Mall.entrances[0].host: got "shop.test"; allowed: ${label}; fix: use lower-case letters, digits and single dashes`,
        'The Mall.entrances[0].nodePort: got 80; allowed: a whole number from 30000 to 32767; fix: choose a number in that range',
        'The Mall.services[0].calls[0]: got "users"; allowed: a service of this system: shop; fix: add users to the system, or delete the call',
        'The Mall.entrances[0].services[0]: got "users"; allowed: a service of this system: shop; fix: add it to services',
      ],
    ],
  ])('%s', (_what, declared, problems) => {
    expect(problemsOf(declared)).toEqual(problems);
  });
});
