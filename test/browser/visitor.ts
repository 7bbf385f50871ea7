import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { picture } from '../insta/person.ts';
import { type Watched, watchContext } from './watch-context.ts';

/** Milliseconds that a page may take to show something, on a machine that has other work. */
const patience = 15_000;

export interface VisitorProps {
  readonly browser: Browser;
  /** Where the page is. */
  readonly url: string;
  /** @default - a desktop, light */
  readonly look?: BrowserContextOptions;
}

/** Somebody with a browser of their own, who finds everything by its role and its name. */
export class Visitor implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong in the browser. */
  readonly watched: Watched;
  readonly #url: string;

  private constructor(url: string, context: BrowserContext, page: Page, watched: Watched) {
    this.#url = url;
    this.context = context;
    this.page = page;
    this.watched = watched;
  }

  static async open({ browser, url, look }: VisitorProps): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...look });
    context.setDefaultTimeout(patience);
    const watched = await watchContext(context, new URL(url).origin);
    return new Visitor(url, context, await context.newPage(), watched);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.context.close();
  }

  async goTo(path = '/'): Promise<void> {
    await this.page.goto(new URL(path, this.#url).href);
  }

  /** Waits for a view by its heading. */
  async sees(heading: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  }

  async signUp(person: NewPerson): Promise<void> {
    const { page } = this;
    await this.makeAccount(person);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(person.name);
    await page.getByRole('textbox', { name: 'Handle' }).fill(person.handle);
    await page.getByRole('button', { name: 'Start' }).click();
    await this.sees('Home');
  }

  /** The first step of signing up. */
  async makeAccount(person: NewPerson): Promise<void> {
    const { page } = this;
    await this.goTo('/');
    await this.sees('Welcome back');
    await page.getByRole('link', { name: 'Sign up' }).click();
    await this.sees('Create your account');
    await page.getByRole('textbox', { name: 'E-mail' }).fill(person.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(person.password);
    await page.getByRole('button', { name: 'Continue' }).click();
    await this.sees('Choose your profile');
  }

  async logIn({ email, password }: Pick<NewPerson, 'email' | 'password'>): Promise<void> {
    const { page } = this;
    await this.goTo('/log-in');
    await this.sees('Welcome back');
    await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await this.sees('Home');
  }

  /** Goes to one of the views that are always at hand. */
  async openMain(name: 'Home' | 'Search' | 'New post' | 'Profile' | 'Settings'): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  }

  /** @param files as a person would choose them @default - one picture */
  async post(caption: string, files?: readonly { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
    const { page } = this;
    await this.openMain('New post');
    await this.sees('New post');
    const chosen = files ?? [{ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await picture() }];
    await page.getByLabel('Add pictures or videos').setInputFiles([...chosen]);
    await page
      .getByRole('list', { name: 'Chosen files' })
      .getByRole('listitem')
      .nth(chosen.length - 1)
      .waitFor();
    await page.getByRole('textbox', { name: 'Caption' }).fill(caption);
    await page.getByRole('button', { name: 'Share', exact: true, disabled: false }).click();
    await this.sees('Home');
    await this.postWith(caption).waitFor();
  }

  /** A post on the page. */
  postWith(caption: string) {
    return this.page.getByRole('article').filter({ hasText: caption });
  }

  /** Waits for a message. */
  async hears(text: string | RegExp): Promise<void> {
    await this.page.getByRole('region', { name: 'Messages' }).getByText(text).first().waitFor();
  }

  async logOut(): Promise<void> {
    await this.openMain('Settings');
    await this.sees('Settings');
    await this.page.getByRole('button', { name: 'Log out', exact: true }).click();
    await this.sees('Welcome back');
  }

  /** The browser drops the cookie of an access token once that is over: this does the same, earlier. */
  async outliveAccessToken(): Promise<void> {
    const name = await this.#accessCookie();
    await this.context.clearCookies({ name });
  }

  async #accessCookie(): Promise<string> {
    const cookie = (await this.context.cookies()).find(({ name }) => name.includes('access'));
    if (!cookie) throw new Error('there is no cookie of an access token');
    return cookie.name;
  }
}

/** Whom nobody knows yet. */
export interface NewPerson {
  readonly handle: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** @param name of one word */
export function newPerson(name: string): NewPerson {
  const handle = `${name.toLowerCase()}.${randomBytes(4).toString('hex')}`;
  return { handle, name: `${name} of the tests`, email: `${handle}@example.com`, password: 'a long password' };
}
