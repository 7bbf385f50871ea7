import { randomBytes, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import auth from '../../../apps/auth/contract.ts';
import media from '../../../apps/media/contract.ts';
import posts from '../../../apps/posts/contract.ts';
import users from '../../../apps/users/contract.ts';
import web from '../../../apps/web/contract.ts';
import type { Contract, Route, RouteCall, RouteResult } from '../../../model/index.ts';
import { InstaApi, Refusal } from '../../demo/insta-api.ts';
import { CommandError } from '../../run-command.ts';
import { ask, type OpenTraffic, type TrafficProps, type TrafficRoute } from '../traffic.ts';

/** How many people there are: enough that not everybody sees the same, and few enough to log in at once. */
const crowd = 6;
const postsOfEach = 3;

type Tokens = RouteResult<typeof auth.routes.register>;

/** Somebody who is only there for a load test. */
class Person {
  readonly handle: string;
  readonly posts: string[] = [];
  readonly #api: InstaApi;
  readonly #password = randomBytes(24).toString('base64url');
  #tokens: Tokens | undefined;
  #renewal: NodeJS.Timeout | undefined;

  constructor(api: InstaApi, handle: string) {
    this.#api = api;
    this.handle = handle;
  }

  get id(): string {
    return this.#given.accountId;
  }

  get token(): string {
    return this.#given.accessToken;
  }

  async arrive(picture: Buffer): Promise<string> {
    const body = { email: `${this.handle}@load.example`, password: this.#password };
    this.#keep(await this.#api.call(auth.routes.register, { body }));
    await this.ask(users.routes.saveMe, { body: { handle: this.handle, name: 'Load Test' } });
    const { id } = await this.ask(media.routes.upload, undefined, picture);
    return id;
  }

  ask<R extends Route>(route: R, call?: RouteCall<R>, file?: Buffer): Promise<RouteResult<R>> {
    return this.#api.call(route, call, { token: this.token, ...(file && { file }) });
  }

  /** Deletes the account, and with it all that it made. */
  async leave(): Promise<void> {
    clearTimeout(this.#renewal);
    if (this.#tokens) await this.ask(auth.routes.deleteAccount, { body: { password: this.#password } });
  }

  get #given(): Tokens {
    if (!this.#tokens) throw new Error(`${this.handle} has no account yet`);
    return this.#tokens;
  }

  #keep(tokens: Tokens): void {
    this.#tokens = tokens;
    this.#renewal = setTimeout(() => void this.#renew(), tokens.expiresIn * 500).unref();
  }

  async #renew(): Promise<void> {
    const body = { refreshToken: this.#given.refreshToken };
    // In the middle of its life: where one fails, its requests fail too, and are counted.
    const tokens = await this.#api.call(auth.routes.refresh, { body }).catch(() => undefined);
    if (tokens) this.#keep(tokens);
    else this.#renewal = setTimeout(() => void this.#renew(), 5_000).unref();
  }
}

/** People who follow each other, and ask for what the page asks for as it is used: mostly the feed and its pictures, now and then a profile, a like, a comment. */
const openInsta: OpenTraffic = async (props) => {
  const api = new InstaApi({ url: props.url, host: props.host, print: props.print });
  const run = randomUUID().slice(0, 8);
  const people = Array.from({ length: crowd }, (_, index) => new Person(api, `load.${run}.${index}`));
  const leave = async () => {
    const left = await Promise.allSettled(people.map((person) => person.leave()));
    const stayed = people.filter((_, index) => left[index]?.status === 'rejected').map(({ handle }) => handle);
    if (stayed.length > 0) props.print(`still there, as their accounts could not be deleted: ${stayed.join(', ')}`);
    await api[Symbol.asyncDispose]();
  };
  try {
    const pictures = await settle(people);
    props.print(
      `${crowd} people who follow each other, with ${crowd * postsOfEach} posts; they are deleted afterwards`,
    );
    return { routes: routesOf(people, pictures), [Symbol.asyncDispose]: leave };
  } catch (error) {
    await leave();
    throw error instanceof Refusal ? refused(error, props) : error;
  }
};

export default openInsta;

/** @returns their pictures */
async function settle(people: readonly Person[]): Promise<readonly string[]> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const picture = await sharp({ create: { width: 480, height: 480, channels: 3, background: '#888', noise } })
    .jpeg()
    .toBuffer();
  const pictures: string[] = [];
  for (const person of people) {
    const id = await person.arrive(picture);
    pictures.push(id);
    for (let index = 0; index < postsOfEach; index++) {
      const body = { caption: `Load test, ${index + 1}`, media: [id] };
      person.posts.push((await person.ask(posts.routes.create, { body })).id);
    }
  }
  for (const person of people)
    for (const { handle } of people)
      if (handle !== person.handle) await person.ask(users.routes.follow, { params: { handle } });
  return pictures;
}

/** By the shares of a page in use: a look at the feed brings its pictures, one in some leads on to a person, to a post, or to doing something. */
function routesOf(people: readonly Person[], pictures: readonly string[]): TrafficRoute[] {
  const person = oneByOne(people);
  const post = oneByOne(people.flatMap((each) => each.posts));
  const picture = oneByOne(pictures);
  const [a, u, p, m, w] = [auth.routes, users.routes, posts.routes, media.routes, web.routes];
  const page = { limit: 20 };
  /** As somebody who is logged in. */
  const as = <R extends Route>(contract: Contract, route: R, weight: number, call: () => RouteCall<R>) =>
    ask({ service: contract.name, route, weight, give: () => ({ call: call(), token: person().token }) });
  /** As anybody. */
  const open = <R extends Route>(contract: Contract, route: R, weight: number, call: () => RouteCall<R>) =>
    ask({ service: contract.name, route, weight, give: () => ({ call: call() }) });
  return [
    as(posts, p.feed, 20, () => ({ query: page })),
    as(posts, p.byAuthor, 6, () => ({ query: { ...page, author: person().id } })),
    as(posts, p.one, 5, () => ({ params: { id: post() } })),
    as(posts, p.comments, 5, () => ({ params: { id: post() }, query: page })),
    as(posts, p.like, 3, () => ({ params: { id: post() } })),
    as(posts, p.comment, 1, () => ({ params: { id: post() }, body: { text: 'How nice.' } })),
    as(users, u.me, 5, () => ({})),
    as(users, u.profile, 6, () => ({ params: { handle: person().handle } })),
    as(users, u.followers, 1, () => ({ params: { handle: person().handle }, query: page })),
    as(users, u.following, 1, () => ({ params: { handle: person().handle }, query: page })),
    as(users, u.search, 1, () => ({ query: { prefix: 'load', limit: 20 } })),
    as(auth, a.account, 2, () => ({})),
    as(auth, a.sessions, 1, () => ({})),
    open(auth, a.publicKeys, 1, () => ({})),
    open(media, m.thumbnail, 30, () => ({ params: { id: picture() }, query: { width: '320' as const } })),
    open(media, m.download, 2, () => ({ params: { id: picture() } })),
    open(web, w.home, 6, () => ({})),
    open(web, w.person, 2, () => ({ params: { handle: person().handle } })),
    open(web, w.post, 2, () => ({ params: { id: post() } })),
  ];
}

/** One after the other, for ever. */
function oneByOne<T>(entries: readonly T[]): () => T {
  let count = 0;
  return () => {
    const entry = entries[count++ % entries.length];
    if (entry === undefined) throw new Error('nothing to take in turn');
    return entry;
  };
}

function refused({ message }: Refusal, { url }: TrafficProps): CommandError {
  return new CommandError(`--url: got ${url.origin}: ${message}; allowed: that of a running insta`, 1);
}
