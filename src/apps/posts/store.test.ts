import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSql } from '../kit/testing/test-postgres.ts';
import { feedStatement } from './store.ts';
import { type Posts, type PostsWorld, postsWorld } from './testing/build-posts.ts';

let world: PostsWorld;
let posts: Posts;
beforeAll(async () => {
  world = await postsWorld();
  posts = await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

/** A node of a plan that was carried out. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

test('the feed reads a step per author and a page of the newest ones, not all that the followed ever posted', async () => {
  const [reader, limit] = [randomUUID(), 21];
  const authors = Array.from({ length: 400 }, () => randomUUID());
  const [database] = [new Client({ connectionString: world.place.url })];
  await posts.post(reader);
  await database.connect();
  try {
    await database.query(
      `with made as (
        insert into posts (author_id, caption)
        select ($1::uuid[])[1 + n % 400], 'No. ' || n from generate_series(1, 20000) as n returning id
      )
      insert into post_media (post_id, position, media_id, type) select id, 1, gen_random_uuid(), 'image/png' from made`,
      [authors],
    );
    await database.query('analyze posts, post_media');
    const { rows } = await database.query(`explain (analyze, format json) ${feedStatement.text}`, [
      reader,
      authors,
      '9223372036854775807',
      limit,
    ]);
    const nodes = nodesOf(rows[0]['QUERY PLAN'][0].Plan);
    const read = nodes
      .filter((node) => node['Relation Name'] === 'posts')
      .reduce(
        (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        0,
      );
    expect(read).toBeGreaterThanOrEqual(authors.length);
    expect(read).toBeLessThanOrEqual(authors.length + limit * limit + limit);
    expect(nodes.find((node) => node['Node Type'] === 'Limit')?.['Actual Rows']).toBe(limit);
  } finally {
    await database.end();
  }
});

describe('the database itself refuses', () => {
  const insert = `with p as (insert into posts (author_id, caption, likes, comments) values`;
  const file = (position: number, id = 'gen_random_uuid()') =>
    `insert into post_media (post_id, position, media_id, type) select id, ${position}, ${id}, 'image/png' from p`;

  test.each<[what: string, constraint: string, ...statements: string[]]>([
    [
      'a caption that is too long',
      'posts_caption_check',
      `${insert} (gen_random_uuid(), repeat('x', 2201), 0, 0) returning id) ${file(1)}`,
    ],
    ['likes below 0', 'posts_likes_check', `${insert} (gen_random_uuid(), '', -1, 0) returning id) ${file(1)}`],
    ['comments below 0', 'posts_comments_check', `${insert} (gen_random_uuid(), '', 0, -1) returning id) ${file(1)}`],
    [
      'a post without media',
      'posts_media_check',
      "insert into posts (author_id, caption) values (gen_random_uuid(), '')",
    ],
    [
      'an eleventh file',
      'post_media_position_check',
      `${insert} (gen_random_uuid(), '', 0, 0) returning id) ${file(11)}`,
    ],
    [
      'the same file twice',
      'post_media_media_id_key',
      `with p as (select min(id) as id from posts), m as (select media_id from post_media join p on post_id = id)
        ${file(2, '(select media_id from m)')}`,
    ],
    [
      'the same like twice',
      'likes_pkey',
      `insert into likes (post_id, account_id) select min(id), '${randomUUID()}'::uuid from posts, generate_series(1, 2) group by generate_series`,
    ],
    [
      'a like of no post',
      'likes_post_id_fkey',
      'insert into likes (post_id, account_id) values (999999999, gen_random_uuid())',
    ],
    [
      'a comment on no post',
      'comments_post_id_fkey',
      "insert into comments (post_id, author_id, text) values (999999999, gen_random_uuid(), 'x')",
    ],
    [
      'an empty comment',
      'comments_text_check',
      "insert into comments (post_id, author_id, text) select min(id), gen_random_uuid(), '' from posts",
    ],
    [
      'a comment that is too long',
      'comments_text_check',
      "insert into comments (post_id, author_id, text) select min(id), gen_random_uuid(), repeat('x', 1001) from posts",
    ],
  ])('%s', async (_, constraint, ...statements) => {
    await posts.post(randomUUID());
    await expect(runSql(world.place.url, statements)).rejects.toMatchObject({ constraint });
  });
});
