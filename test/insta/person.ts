import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import auth from '../../src/apps/auth/contract.ts';
import media from '../../src/apps/media/contract.ts';
import posts from '../../src/apps/posts/contract.ts';
import users from '../../src/apps/users/contract.ts';
import type { Route, RouteCall, RouteResult } from '../../src/model/index.ts';
import type { Answer, Caller, CallerOptions } from './caller.ts';

/** Throws unless the answer is a success. */
export function good<R>(answer: Answer<R>, what: string): RouteResult<R> {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`${what} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** A picture that nobody has drawn. @param side in pixels */
export async function picture(side = 640): Promise<Buffer> {
  const [red = 0, green = 0, blue = 0] = randomBytes(3);
  return sharp({ create: { width: side, height: side, channels: 3, background: { r: red, g: green, b: blue } } })
    .jpeg()
    .toBuffer();
}

/** Somebody who uses insta by a program that keeps their tokens. Everything throws unless it is answered with success. */
export class Person {
  readonly handle: string;
  readonly email: string;
  password = randomBytes(12).toString('base64url');
  id = '';
  protected readonly caller: Caller;
  #accessToken = '';
  #refreshToken = '';
  #refreshAt = 0;

  constructor(caller: Caller, handle: string) {
    this.caller = caller;
    this.handle = handle;
    this.email = `${handle}@example.com`;
  }

  /** The same person, who finds insta somewhere else. */
  at(caller: Caller): Person {
    const person = new Person(caller, this.handle);
    person.password = this.password;
    person.id = this.id;
    person.#accessToken = this.#accessToken;
    person.#refreshToken = this.#refreshToken;
    person.#refreshAt = this.#refreshAt;
    return person;
  }

  async register(): Promise<this> {
    this.#keep(await this.open(auth.routes.register, { body: { email: this.email, password: this.password } }));
    return this;
  }

  async logIn(): Promise<void> {
    this.#keep(await this.open(auth.routes.logIn, { body: { email: this.email, password: this.password } }));
  }

  /** Registers and makes a profile. */
  async arrive(): Promise<this> {
    await this.register();
    await this.ask(users.routes.saveMe, { body: { handle: this.handle, name: `${this.handle} the tester` } });
    return this;
  }

  async upload(content?: Buffer): Promise<string> {
    const file = content ?? (await picture());
    const answer = await this.send(media.routes.upload, undefined, { file, fileType: 'image/jpeg' });
    return good(answer, 'an upload').id;
  }

  async post(caption: string, files?: readonly string[]) {
    const pictures = files ? [...files] : [await this.upload()];
    return this.ask(posts.routes.create, { body: { caption, media: pictures } });
  }

  async refresh(): Promise<void> {
    this.#keep(await this.open(auth.routes.refresh, { body: { refreshToken: this.#refreshToken } }));
  }

  async logOut(): Promise<void> {
    await this.ask(auth.routes.logOut);
  }

  /** The status of a refresh with this session's last refresh token. */
  async refreshStatus(): Promise<number> {
    return (await this.caller(auth.routes.refresh, { body: { refreshToken: this.#refreshToken } })).status;
  }

  /** An access token that is good for a while. */
  async token(): Promise<string> {
    if (Date.now() > this.#refreshAt) await this.refresh();
    return this.#accessToken;
  }

  /** Calls a route with an access token, which is renewed in time. */
  async ask<R extends Route>(route: R, call?: RouteCall<R>): Promise<RouteResult<R>> {
    return good(await this.send(route, call), `${route.method} ${route.path}`);
  }

  /** The same, with whatever answer. */
  async tryTo<R extends Route>(route: R, call?: RouteCall<R>, options?: CallerOptions): Promise<Answer<R>> {
    return this.send(route, call, options);
  }

  /** Calls a route without a token. */
  async open<R extends Route>(route: R, call?: RouteCall<R>): Promise<RouteResult<R>> {
    return good(await this.caller(route, call as never), `${route.method} ${route.path}`);
  }

  protected async send<R extends Route>(route: R, call?: RouteCall<R>, options?: CallerOptions): Promise<Answer<R>> {
    return this.caller(route, call as never, { ...options, token: await this.token() });
  }

  #keep(tokens: { accountId: string; accessToken: string; refreshToken: string; expiresIn: number }): void {
    this.id = tokens.accountId;
    this.#accessToken = tokens.accessToken;
    this.#refreshToken = tokens.refreshToken;
    this.#refreshAt = Date.now() + tokens.expiresIn * 500;
  }
}
