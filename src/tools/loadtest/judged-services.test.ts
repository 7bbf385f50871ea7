import { expect, test } from 'vitest';
import { contractNamed } from '../../../test/declarations.ts';
import { type Contract, cpu, defineService, fixed, type Service, steps } from '../../model/index.ts';
import { judgedServices } from './judged-services.ts';
import { ask } from './traffic.ts';

const [front, middle, back] = [contractNamed('front'), contractNamed('middle', 3001), contractNamed('back', 3002)];
type Given = Parameters<typeof defineService>[0]['scaling'];

const table = steps({
  table: [
    [100, 2],
    [Number.POSITIVE_INFINITY, 4],
  ],
});

type Slo = NonNullable<Parameters<typeof defineService>[0]['slo']>;

function service(contract: Contract, calls: readonly Contract[], given: Given, slo?: Slo): Service {
  const all = { contract, calls: [...calls], owner: 'team', description: 'Sells.', scaling: given };
  return defineService({ ...all, ...(slo && { slo }) });
}

/** The judgement of three services of which each calls the next one. */
function judge(driven: readonly (readonly [Contract, weight: number])[], last: Given, limits = {}) {
  const promising = service(front, [middle], table, {
    availability: 0.999,
    latency: { quantile: 0.99, below: '1.5s' },
  });
  const services = [promising, service(middle, [back], table), service(back, [], last)];
  return judgedServices({
    placed: services.map((each) => ({ service: each, scaling: each.scaling })),
    routes: driven.map(([{ name }, weight]) => ask({ service: name, route: front.routes.list, weight })),
    expected: new Map([['back', 3]]),
    limits,
  });
}

const reasons = (judged: ReturnType<typeof judge>) =>
  Object.fromEntries(Object.entries(judged).map(([name, { notJudged }]) => [name, notJudged]));

test('only what is asked from outside alone is judged', () => {
  expect(reasons(judge([[front, 1]], table))).toEqual({
    front: null,
    middle: 'front may ask it too, which is not seen from outside',
    back: 'front may ask it too, which is not seen from outside',
  });
  expect(reasons(judge([[back, 1]], table))).toEqual({
    front: 'it is sent no requests',
    middle: 'it is sent no requests',
    back: null,
  });
});

test('what requests do not move is judged by its own', () => {
  expect(reasons(judge([[front, 1]], fixed(2)))['back']).toBeNull();
  expect(reasons(judge([[front, 1]], cpu({ min: 1, max: 2, cpu: 70 })))['back']).toBe('it scales by CPU');
});

test('with its part of the requests, its table as JSON can have it, and what was said of it', () => {
  const judged = judge(
    [
      [front, 1],
      [front, 2],
      [back, 1],
    ],
    table,
  );
  expect(judged['front']).toEqual({
    share: 0.75,
    promised: { errors: 0.001, latency: { quantile: 0.99, below: 1_500 } },
    declared: {
      kind: 'steps',
      table: [
        { upTo: 100, pods: 2 },
        { upTo: null, pods: 4 },
      ],
    },
    expected: null,
    notJudged: null,
  });
  expect(judged['back']).toMatchObject({ share: 0.25, expected: 3 });
});

test('what was said by hand takes the place of what is promised, key by key', () => {
  const promised = (limits: object) =>
    Object.values(judge([[front, 1]], fixed(1), limits)).map((service) => service.promised);
  const latency = { quantile: 0.95, below: 200 };
  expect(promised({ latency: 200 })).toEqual([
    { errors: 0.001, latency },
    { errors: null, latency },
    { errors: null, latency },
  ]);
  expect(promised({ errors: 0.05 })[0]).toEqual({ errors: 0.05, latency: { quantile: 0.99, below: 1_500 } });
});
