import postsContract from '../../apps/posts/contract.ts';
import usersContract from '../../apps/users/contract.ts';
import type { RouteResult } from '../../model/index.ts';
import { inParallel } from '../in-parallel.ts';
import { CommandError } from '../run-command.ts';
import { drawPicture } from './art/draw.ts';
import { DemoAccount, emailOf } from './demo-account.ts';
import { InstaApi, type InstaApiProps, Refusal } from './insta-api.ts';
import { followedBy, type Handle, people } from './people.ts';
import { posts as allPosts, type DemoPost } from './posts.ts';

export interface FillDemoProps extends InstaApiProps {
  /** Of everybody. */
  readonly password: string;
  /** The oldest first. @default - all there are */
  readonly posts?: readonly DemoPost[];
}

/** What was added: on a second run nothing. */
export interface Added {
  people: number;
  posts: number;
  comments: number;
}

type Accounts = ReadonlyMap<Handle, DemoAccount>;
type PostItem = RouteResult<typeof postsContract.routes.one>;

/** How many requests are under way at once. */
const atOnce = 6;
/** How many pictures are drawn and uploaded at once: more would only wait for a processor. */
const picturesAtOnce = 3;

/**
 * Fills insta with people, posts, likes and comments, as these people would do it themselves. Adds only what is not there: run again, it completes what an
 * interrupted run left, and else adds nothing.
 *
 * @throws CommandError with what is wrong, for whoever called it
 */
export async function fillDemo(props: FillDemoProps): Promise<Added> {
  const { print, posts = allPosts } = props;
  const added: Added = { people: 0, posts: 0, comments: 0 };
  await using api = new InstaApi(props);
  try {
    const accounts = await arrive(api, props.password, added);
    print(`${people.length} people, ${added.people} of them new`);
    await inParallel(accounts, atOnce, ([handle, account]) => follow(handle, account));
    const items = await publish(accounts, posts, added, print);
    print(`${posts.length} posts, ${added.posts} of them new`);
    await inParallel(items, atOnce, async ([post, item]) => {
      await like(accounts, post, item);
      const comments = await discuss(accounts, post, item);
      added.comments += comments;
    });
    const likes = posts.reduce((sum, { likedBy }) => sum + likedBy.length, 0);
    const comments = posts.reduce((sum, post) => sum + (post.comments?.length ?? 0), 0);
    print(`${likes} likes; ${comments} comments, ${added.comments} of them new`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const hint =
      error.status === 404 ? 'allowed: the URL of a running insta' : 'run this again: it goes on where it stopped';
    throw new CommandError(`URL: got ${props.url.origin}: ${error.message}; ${hint}`, 1);
  }
  return added;
}

/** Whom to log in as. */
export function logInLine(url: URL, password: string): string {
  return `log in at ${url.origin} as ${emailOf(people[0])}, password: ${password}`;
}

async function arrive(api: InstaApi, password: string, added: Added): Promise<Accounts> {
  const accounts = new Map<Handle, DemoAccount>();
  await inParallel(people, atOnce, async (person) => {
    const account = await DemoAccount.open(api, person, password);
    accounts.set(person.handle, account);
    if (await account.makeProfile()) added.people++;
  });
  return accounts;
}

async function follow(handle: Handle, account: DemoAccount): Promise<void> {
  const { items } = await account.ask(usersContract.routes.following, { params: { handle }, query: { limit: 100 } });
  const known = new Set(items.map((each) => each.handle));
  for (const other of followedBy(handle))
    if (!known.has(other)) await account.ask(usersContract.routes.follow, { params: { handle: other } });
}

/** In their order, while the pictures of the next ones are drawn and uploaded. */
async function publish(accounts: Accounts, posts: readonly DemoPost[], added: Added, print: (line: string) => void) {
  const items = new Map<DemoPost, PostItem>();
  const there = new Map<Handle, ReadonlyMap<string, PostItem>>();
  await inParallel(accounts, atOnce, async ([handle, account]) => {
    there.set(handle, await postsOf(account));
  });
  const missing: { readonly post: DemoPost; readonly uploads: PromiseWithResolvers<readonly string[]> }[] = [];
  for (const post of posts) {
    const item = there.get(post.by)?.get(post.caption);
    if (item) items.set(post, item);
    else missing.push({ post, uploads: Promise.withResolvers() });
  }
  const uploading = inParallel(missing, picturesAtOnce, async ({ post, uploads }) => {
    const account = accountOf(accounts, post.by);
    const ids: string[] = [];
    for (const [index, picture] of post.pictures.entries())
      ids.push(await account.upload(await drawPicture(picture, `${post.by} ${post.caption} ${index}`)));
    uploads.resolve(ids);
  });
  const creating = async () => {
    for (const { post, uploads } of missing) {
      const body = { caption: post.caption, media: [...(await uploads.promise)] };
      items.set(post, await accountOf(accounts, post.by).ask(postsContract.routes.create, { body }));
      added.posts++;
      if (added.posts % 20 === 0 && added.posts < missing.length) print(`${added.posts} of ${missing.length} posts`);
    }
  };
  // Whichever fails first ends the wait: posts cannot be made of pictures that never come.
  await Promise.all([uploading, creating()]);
  return items;
}

async function postsOf(account: DemoAccount): Promise<ReadonlyMap<string, PostItem>> {
  const items = await allPages((cursor) =>
    account.ask(postsContract.routes.byAuthor, { query: { author: account.id, limit: 50, cursor } }),
  );
  return new Map(items.map((item) => [item.caption, item]));
}

async function like(accounts: Accounts, { likedBy }: DemoPost, { id }: PostItem): Promise<void> {
  for (const handle of likedBy) await accountOf(accounts, handle).ask(postsContract.routes.like, { params: { id } });
}

/** @returns how many comments were added */
async function discuss(accounts: Accounts, { by, comments = [] }: DemoPost, { id }: PostItem): Promise<number> {
  if (comments.length === 0) return 0;
  const params = { id };
  const written = await allPages((cursor) =>
    accountOf(accounts, by).ask(postsContract.routes.comments, { params, query: { limit: 50, cursor } }),
  );
  const there = new Set(written.map(({ author, text }) => `${author.id} ${text}`));
  const missing = comments.filter(([handle, text]) => !there.has(`${accountOf(accounts, handle).id} ${text}`));
  for (const [handle, text] of missing)
    await accountOf(accounts, handle).ask(postsContract.routes.comment, { params, body: { text } });
  return missing.length;
}

async function allPages<T>(
  read: (cursor: string | undefined) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): Promise<readonly T[]> {
  const { items, next } = await read(undefined);
  const all = [...items];
  for (let cursor = next; cursor !== null; ) {
    const page = await read(cursor);
    all.push(...page.items);
    cursor = page.next;
  }
  return all;
}

function accountOf(accounts: Accounts, handle: Handle): DemoAccount {
  const account = accounts.get(handle);
  if (!account) throw new Error(`${handle} has no account`);
  return account;
}
