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

function service(contract: Contract, calls: readonly Contract[], given: Given): Service {
  return defineService({ contract, calls: [...calls], owner: 'team', description: 'Sells.', scaling: given });
}

/** The judgement of three services of which each calls the next one. */
function judge(driven: readonly (readonly [Contract, weight: number])[], last: Given) {
  const services = [service(front, [middle], table), service(middle, [back], table), service(back, [], last)];
  return judgedServices({
    placed: services.map((each) => ({ service: each, scaling: each.scaling })),
    routes: driven.map(([{ name }, weight]) => ask({ service: name, route: front.routes.list, weight })),
    expected: new Map([['back', 3]]),
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
