import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import auth from '../../src/apps/auth/contract.ts';
import media from '../../src/apps/media/contract.ts';
import posts from '../../src/apps/posts/contract.ts';
import users from '../../src/apps/users/contract.ts';
import web from '../../src/apps/web/contract.ts';
import type { Contract } from '../../src/model/index.ts';
import { type JsonSchema, valuesOf } from '../openapi-arbitrary.ts';
import { Person } from './person.ts';
import { type RunningInsta, runInsta } from './running.ts';

/** How often each route is asked. More of them by FUZZ_RUNS. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 40);
/** In milliseconds: what takes longer hangs. */
const longest = 10_000;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { in: 'path' | 'query'; name: string; required?: boolean; schema: JsonSchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: JsonSchema }>> };
}
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

let insta: RunningInsta;
let ann: Person;
const known: string[] = [];

beforeAll(async () => {
  insta = await runInsta({ ADDRESS_LIMIT: '100000', LOGIN_LIMIT: '100000' });
  const { caller } = insta;
  ann = await new Person(caller, 'ann.fuzz').arrive();
  const ben = await new Person(caller, 'ben.fuzz').arrive();
  const file = await ann.upload();
  const post = await ann.post('Found by the fuzzer', [file]);
  await ben.ask(users.routes.follow, { params: { handle: ann.handle } });
  const { id } = await ben.ask(posts.routes.comment, { params: { id: post.id }, body: { text: 'Found too' } });
  // Not the password: an account that the fuzzer deletes would be of no use to the other services.
  known.push(ann.handle, ben.handle, ann.id, ben.id, file, post.id, id, ann.email);
}, 60_000);
afterAll(() => insta?.[Symbol.asyncDispose]());

describe.each<[string, Contract]>([auth, users, posts, media, web].map((contract) => [contract.name, contract]))(
  '%s',
  (name, contract) => {
    /** The operations that some made-up request passed. */
    const through: string[] = [];
    test.each(
      Object.entries(contract.routes)
        // What deletes comes last: what is known is found by the others.
        .toSorted(([, one], [, other]) => Number(one.method === 'DELETE') - Number(other.method === 'DELETE'))
        .map(([operation, route]) => [`${route.method} ${route.path}`, operation] as const),
    )(
      '%s never fails or hangs, whatever it is asked, and refuses in the one shape',
      { timeout: 120_000 },
      async (_, id) => {
        const { server } = insta.apps.find((app) => app.service.name === name) as RunningInsta['apps'][number];
        const { paths } = (await server.inject('/openapi.json')).json<Document>();
        const [found] = Object.entries(paths).flatMap(([path, methods]) =>
          Object.entries(methods).flatMap(([method, operation]) =>
            operation.operationId === id ? [{ path, method, operation }] : [],
          ),
        );
        if (!found) throw new Error(`${id} is not in the document of ${name}`);
        const { path, method, operation } = found;
        const part = (place: 'path' | 'query') =>
          fc.record(
            Object.fromEntries(
              (operation.parameters ?? [])
                .filter((parameter) => parameter.in === place)
                .map((parameter) => [parameter.name, valuesOf(parameter.schema, known)]),
            ),
            place === 'path' ? {} : { requiredKeys: [] },
          );
        const [type, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
        const bodies =
          type === undefined || body === undefined
            ? fc.constant(undefined)
            : type.includes('json')
              ? valuesOf(body.schema, known).map((value) => JSON.stringify(value))
              : fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes));
        const tokens = { good: await ann.token(), forged: 'a.b.c', none: undefined };
        const token = fc.constantFrom<keyof typeof tokens>('good', 'good', 'good', 'forged', 'none');
        const seen = new Set<number>();
        await fc.assert(
          fc.asyncProperty(part('path'), part('query'), bodies, token, async (params, query, payload, by) => {
            const url = path.replaceAll(/\{(\w+)\}/g, (__, key: string) => encode(textOf(params[key])));
            const pairs = Object.entries(query).flatMap(([key, value]) =>
              [value].flat().map((each) => `${encode(key)}=${encode(textOf(each))}`),
            );
            const ask = async () => {
              const startedAt = performance.now();
              const given = await server.inject({
                method: method.toUpperCase() as 'GET',
                url: pairs.length > 0 ? `${url}?${pairs.join('&')}` : url,
                headers: {
                  // As the page has it, so that what it may ask is asked.
                  'sec-fetch-site': 'same-origin',
                  ...(tokens[by] && { authorization: `Bearer ${tokens[by]}` }),
                  ...(payload !== undefined && { 'content-type': type?.replace('*', 'png') }),
                },
                ...(payload !== undefined && { payload }),
              });
              expect(performance.now() - startedAt).toBeLessThan(longest);
              return given;
            };
            let answer = await ask();
            // Making up requests keeps this one process busy, and a busy process sheds.
            for (let time = 0; time < 20 && answer.body.includes('"code":"overloaded"'); time++) {
              await sleep(250);
              answer = await ask();
            }
            seen.add(answer.statusCode);
            expect(answer.statusCode, answer.body).toBeLessThan(500);
            if (answer.statusCode < 400) return;
            expect(answer.headers['content-type']).toContain('application/problem+json');
            expect(answer.json()).toEqual({
              type: 'about:blank',
              title: expect.any(String),
              status: answer.statusCode,
              detail: expect.any(String),
              code: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/),
              // A URL that is refused before it is looked at has no trace.
              traceId: expect.stringMatching(/url/.test(answer.json().code) ? /^$/ : /^[0-9a-f]{32}$/),
              ...('errors' in answer.json() && { errors: expect.any(Array) }),
            });
          }),
          { numRuns: runs },
        );
        console.log(`${name} ${id}: ${[...seen].toSorted().join(' ')}`);
        if ([...seen].some((status) => status < 300)) through.push(id);
      },
    );

    test('and lets through what is right: else nothing behind the checks of requests was asked', () => {
      // Which ones is chance; that it is none is not.
      expect(through).not.toEqual([]);
    });
  },
);

test('the log has no error of all that', () => {
  expect([...insta.lines.at('error'), ...insta.lines.at('fatal')]).toEqual([]);
});

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As a program that is not careful would: what cannot be encoded is sent as the replacement character. */
function encode(text: string | undefined): string {
  return encodeURIComponent(String(text).toWellFormed());
}
