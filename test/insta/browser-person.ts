import web from '../../src/apps/web/contract.ts';
import type { Route, RouteCall } from '../../src/model/index.ts';
import type { Answer, Caller, CallerOptions } from './caller.ts';
import { good, Person } from './person.ts';

/** Somebody who uses insta by the page in a browser, over http: with cookies that no script reads, from a page of the origin that they are sent to. */
export class BrowserPerson extends Person {
  /** By name, with the path below which it is sent. */
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();

  override at(caller: Caller): BrowserPerson {
    const person = new BrowserPerson(caller, this.handle);
    person.password = this.password;
    person.id = this.id;
    for (const [name, cookie] of this.#cookies) person.#cookies.set(name, cookie);
    return person;
  }

  override async register(): Promise<this> {
    const answer = await this.#browse(web.routes.signUp, { body: { email: this.email, password: this.password } });
    this.id = good(answer, 'to sign up').accountId;
    return this;
  }

  override async logIn(): Promise<void> {
    const answer = await this.#browse(web.routes.logIn, { body: { email: this.email, password: this.password } });
    this.id = good(answer, 'to log in').accountId;
  }

  override async refresh(): Promise<void> {
    good(await this.#browse(web.routes.refresh), 'a refresh');
  }

  override async refreshStatus(): Promise<number> {
    return (await this.#browse(web.routes.refresh)).status;
  }

  override async logOut(): Promise<void> {
    good(await this.#browse(web.routes.logOut), 'to log out');
    if (this.#cookies.size > 0) throw new Error(`${[...this.#cookies.keys()].join(', ')} stay after the log-out`);
  }

  override async token(): Promise<string> {
    throw new Error('whoever uses a browser has no token at hand');
  }

  protected override send<R extends Route>(route: R, call?: RouteCall<R>, options?: CallerOptions): Promise<Answer<R>> {
    return this.#browse(route, call, options);
  }

  async #browse<R extends Route>(route: R, call?: RouteCall<R>, options: CallerOptions = {}): Promise<Answer<R>> {
    const sent = [...this.#cookies].filter(
      ([, { path }]) => route.path === path || path === '/' || route.path.startsWith(`${path}/`),
    );
    const cookie = sent.map(([name, { value }]) => `${name}=${value}`).join('; ');
    const answer = await this.caller(route, call as never, {
      ...options,
      headers: { origin: this.caller.origin, ...(cookie && { cookie }), ...options.headers },
    });
    for (const text of [answer.headers['set-cookie'] ?? []].flat()) this.#keep(text);
    return answer;
  }

  #keep(text: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
    const [, path = '/'] = /; Path=([^;]+)/.exec(text) ?? [];
    if (!/; HttpOnly(;|$)/.test(text)) throw new Error(`a script could read the cookie ${name}`);
    if (/; Max-Age=0(;|$)/.test(text)) this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path });
  }
}
