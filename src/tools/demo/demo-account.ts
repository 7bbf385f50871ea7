import auth from '../../apps/auth/contract.ts';
import media from '../../apps/media/contract.ts';
import users from '../../apps/users/contract.ts';
import type { Route, RouteCall, RouteResult } from '../../model/index.ts';
import { CommandError } from '../run-command.ts';
import { drawPortrait } from './art/draw.ts';
import { type InstaApi, Refusal } from './insta-api.ts';
import type { DemoPerson } from './people.ts';

/** The address by which somebody of the demo logs in. `example` is a name that nobody can have. */
export const emailOf = ({ handle }: Pick<DemoPerson, 'handle'>) => `${handle}@demo.example`;

/** The account of somebody of the demo, logged in. */
export class DemoAccount {
  readonly person: DemoPerson;
  readonly #api: InstaApi;
  readonly #password: string;
  #tokens: RouteResult<typeof auth.routes.logIn>;
  #renewAt = 0;
  #renewing: Promise<void> | undefined;

  private constructor(
    api: InstaApi,
    person: DemoPerson,
    password: string,
    tokens: RouteResult<typeof auth.routes.logIn>,
  ) {
    this.#api = api;
    this.person = person;
    this.#password = password;
    this.#tokens = tokens;
    this.#keep(tokens);
  }

  /** Makes the account, or logs in where it is there already. @throws CommandError if it has another password */
  static async open(api: InstaApi, person: DemoPerson, password: string): Promise<DemoAccount> {
    const body = { email: emailOf(person), password };
    const tokens = await api.call(auth.routes.register, { body }).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'email-taken') return logIn(api, person, password);
      throw error;
    });
    return new DemoAccount(api, person, password, tokens);
  }

  get id(): string {
    return this.#tokens.accountId;
  }

  /** Calls a route as this person. */
  async ask<R extends Route>(route: R, call?: RouteCall<R>, file?: Buffer): Promise<RouteResult<R>> {
    if (Date.now() > this.#renewAt) await this.#renew();
    return this.#api.call(route, call, { token: this.#tokens.accessToken, ...(file && { file }) });
  }

  /** @returns the id of the file */
  async upload(picture: Buffer): Promise<string> {
    return (await this.ask(media.routes.upload, undefined, picture)).id;
  }

  /** Leaves a profile that is there as it is. @returns whether it was made */
  async makeProfile(): Promise<boolean> {
    const { handle, name, bio, look } = this.person;
    const isThere = await this.ask(users.routes.me).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Refusal && error.status === 404) return false;
        throw error;
      },
    );
    if (isThere) return false;
    const avatar = await this.upload(await drawPortrait(look));
    await this.ask(users.routes.saveMe, { body: { handle, name, bio, avatar } });
    return true;
  }

  /** Once for all calls that are under way: log-ins are limited. */
  #renew(): Promise<void> {
    this.#renewing ??= logIn(this.#api, this.person, this.#password)
      .then((tokens) => this.#keep(tokens))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  #keep(tokens: RouteResult<typeof auth.routes.logIn>): void {
    this.#tokens = tokens;
    this.#renewAt = Date.now() + tokens.expiresIn * 500;
  }
}

async function logIn(api: InstaApi, person: DemoPerson, password: string) {
  const email = emailOf(person);
  try {
    return await api.call(auth.routes.logIn, { body: { email, password } });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) throw error;
    throw new CommandError(
      `DEMO_PASSWORD: got one that is not that of ${email}, who is there already; allowed: the password of the first run, unless it was changed since; fix: set DEMO_PASSWORD to it, or delete the account`,
      1,
    );
  }
}
