import { setTimeout as sleep } from 'node:timers/promises';
import posts from '../../src/apps/posts/contract.ts';
import users from '../../src/apps/users/contract.ts';
import type { Caller } from './caller.ts';
import { Person, picture } from './person.ts';

export interface CrowdProps {
  readonly people: number;
  /** How long they use insta at the same time, once all have arrived. */
  readonly seconds: number;
  /** Told now and then how far it is. */
  readonly print?: (line: string) => void;
}

/** What the crowd saw. */
export interface CrowdReport {
  readonly people: number;
  readonly requests: number;
  /** Requests in the time of all together, each second. */
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers with 5xx, and requests without an answer. */
  readonly failures: readonly string[];
  /** What was not as the crowd knows it is: counts, feed pages with duplicates or holes. */
  readonly mistakes: readonly string[];
  readonly walks: number;
  readonly likes: number;
  readonly posts: number;
}

/** Relations are remembered for 2 s, and a page may be read just before. A follow counts in a feed after that, in milliseconds. */
const settled = 4_000;
/** How many of them do one thing at the same time while they arrive, and as all is looked at in the end. Few: to check a password is dear on purpose. */
const groups = 15;

interface Member {
  readonly person: Person;
  readonly follows: Map<Member, number>;
  readonly likes: Set<string>;
  readonly file: string;
}

/**
 * Many people at once, each doing one thing after the other with a pause to look at it. What each of them did is known, so at the end every count and
 * every page can be checked.
 */
export async function crowd(outside: Caller, { people, seconds, print = () => {} }: CrowdProps): Promise<CrowdReport> {
  const failures: string[] = [];
  const mistakes: string[] = [];
  const times: number[] = [];
  let walks = 0;
  const caller: Caller = Object.assign(
    async (...[route, call, options]: Parameters<Caller>) => {
      const startedAt = performance.now();
      try {
        const answer = await outside(route, call, options);
        times.push(performance.now() - startedAt);
        if (answer.status >= 500)
          failures.push(`${route.method} ${route.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return answer;
      } catch (error) {
        failures.push(`${route.method} ${route.path}: ${(error as Error).message}`);
        throw error;
      }
    },
    { origin: outside.origin, close: () => outside.close() },
  ) as Caller;

  const run = Math.random().toString(36).slice(2, 8);
  const content = await picture(200);
  const all: Member[] = [];
  await inGroups(
    Array.from({ length: people }, (_, at) => `crowd.${run}.${at}`),
    async (handle) => {
      const person = await new Person(caller, handle).arrive();
      all.push({ person, follows: new Map(), likes: new Set(), file: await person.upload(content) });
      if (all.length % 50 === 0) print(`${all.length} of ${people} have arrived`);
    },
  );
  const written = new Map<string, { author: Member; at: number; comments: number }>();
  const any = <Each>(list: readonly Each[]) => list[Math.floor(Math.random() * list.length)] as Each;
  const inOrder = () => [...written.keys()];

  const follow = async (member: Member, other: Member) => {
    if (other === member || member.follows.has(other)) return;
    await member.person.ask(users.routes.follow, { params: { handle: other.person.handle } });
    member.follows.set(other, Date.now());
  };
  const unfollow = async (member: Member) => {
    const other = any([...member.follows.keys()]);
    if (!other) return;
    member.follows.delete(other);
    await member.person.ask(users.routes.unfollow, { params: { handle: other.person.handle } });
  };
  const write = async (member: Member) => {
    const { id } = await member.person.post('One of many', [member.file]);
    written.set(id, { author: member, at: Date.now(), comments: 0 });
  };
  const like = async (member: Member) => {
    const post = any(inOrder());
    if (post === undefined) return;
    const isNew = !member.likes.has(post);
    await member.person.ask(isNew ? posts.routes.like : posts.routes.unlike, { params: { id: post } });
    if (isNew) member.likes.add(post);
    else member.likes.delete(post);
  };
  const comment = async (member: Member) => {
    const post = any(inOrder());
    if (post === undefined) return;
    await member.person.ask(posts.routes.comment, { params: { id: post }, body: { text: 'Well done' } });
    const known = written.get(post);
    if (known) known.comments++;
  };
  const walk = async (member: Member) => {
    const startedAt = Date.now();
    const expected = [...written].filter(([, { author, at }]) => {
      const since = author === member ? 0 : member.follows.get(author);
      return since !== undefined && startedAt - since > settled && at < startedAt;
    });
    const got: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 6; page++) {
      const { items, next } = await member.person.ask(posts.routes.feed, { query: { cursor, limit: 10 } });
      got.push(...items.map(({ id }) => id));
      if (next === null) {
        cursor = undefined;
        break;
      }
      cursor = next;
    }
    walks++;
    const { handle } = member.person;
    if (new Set(got).size !== got.length) mistakes.push(`the feed of ${handle} shows a post twice`);
    if (got.some((id, at) => at > 0 && BigInt(id) >= BigInt(got[at - 1] ?? id)))
      mistakes.push(`the feed of ${handle} is out of order`);
    const oldest = cursor === undefined ? 0n : BigInt(got.at(-1) ?? 0);
    const seen = new Set(got);
    const holes = expected.filter(([id]) => BigInt(id) >= oldest && !seen.has(id));
    if (holes.length > 0) mistakes.push(`the feed of ${handle} lacks ${holes.map(([id]) => id).join(', ')}`);
  };

  await Promise.all(all.map((member) => follow(member, any(all))));
  await Promise.all(all.map((member) => write(member)));
  print('all have arrived; they use it now');
  times.length = 0;
  const startedAt = Date.now();
  const end = startedAt + seconds * 1_000;
  const actions: readonly [share: number, act: (member: Member) => Promise<void>][] = [
    [0.3, walk],
    [0.35, like],
    [0.12, comment],
    [0.08, write],
    [0.1, (member) => follow(member, any(all))],
    [0.05, unfollow],
  ];
  await Promise.all(
    all.map(async (member) => {
      await sleep(Math.random() * 2_000);
      while (Date.now() < end) {
        let draw = Math.random();
        const act = actions.find(([share]) => {
          draw -= share;
          return draw < 0;
        })?.[1];
        // What failed is in the report; this person's later checks would only repeat it.
        await act?.(member).catch((error: Error) => {
          if (failures.length === 0) mistakes.push(error.message);
        });
        await sleep(500 + Math.random() * 2_500);
      }
    }),
  );
  const took = (Date.now() - startedAt) / 1_000;
  const sorted = times.toSorted((one, other) => one - other);
  const quantile = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  const requests = times.length;
  const report = { people, requests, perSecond: Math.round(requests / took), p50: quantile(0.5), p99: quantile(0.99) };
  print(`${requests} requests; now every count is looked at`);

  const judge = all[0]?.person;
  await inGroups([...written], async ([id, { comments }]) => {
    const found = await judge?.ask(posts.routes.one, { params: { id } });
    const likes = all.filter((member) => member.likes.has(id)).length;
    if (found?.likes !== likes) mistakes.push(`post ${id} has ${found?.likes} likes and should have ${likes}`);
    if (found?.comments !== comments)
      mistakes.push(`post ${id} has ${found?.comments} comments and should have ${comments}`);
  });
  await inGroups(all, async (member) => {
    const found = await member.person.ask(users.routes.me);
    const followers = all.filter((other) => other.follows.has(member)).length;
    if (found.followers !== followers)
      mistakes.push(`${member.person.handle} has ${found.followers} followers and should have ${followers}`);
    if (found.following !== member.follows.size)
      mistakes.push(`${member.person.handle} follows ${found.following} and should follow ${member.follows.size}`);
  });
  const likes = all.reduce((sum, member) => sum + member.likes.size, 0);
  return { ...report, failures, mistakes, walks, likes, posts: written.size };
}

/** Does something with each, a few at the same time. */
async function inGroups<Each>(list: readonly Each[], act: (each: Each) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: groups }, async (_, group) => {
      for (let at = group; at < list.length; at += groups) await act(list[at] as Each);
    }),
  );
}
