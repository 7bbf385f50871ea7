import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { recordVideo } from './video.ts';
import { newPerson, Visitor, type VisitorProps } from './visitor.ts';

/** Milliseconds until what one does is seen by another. */
const late = { timeout: 15_000 };

/**
 * All of insta as two people with browsers use it: sign up, post, search, follow, like, comment, look at a video, change the password, log out and in again.
 * Throws at the first thing that is not as it should be.
 */
export async function journey(props: Pick<VisitorProps, 'browser' | 'url'>): Promise<void> {
  await using ann = await Visitor.open(props);
  await using ben = await Visitor.open(props);
  await using phone = await Visitor.open({ ...props, look: { viewport: { width: 360, height: 740 } } });
  const [annsName, bensName] = [newPerson('Ann'), newPerson('Ben')];
  const caption = `Good morning ${randomBytes(3).toString('hex')}`;

  await ann.signUp(annsName);
  await ann.page.getByText('Your feed is quiet').waitFor();
  await ann.post(caption);
  await checkNoTokenIsReadable(ann);

  await ben.signUp(bensName);
  await ben.openMain('Search');
  await ben.sees('Search');
  await ben.page.getByRole('searchbox', { name: 'Search people by handle' }).fill(annsName.handle.slice(0, 9));
  await ben.page.getByRole('list', { name: 'People' }).getByRole('link', { name: annsName.handle }).click();
  await ben.sees(annsName.name);
  await ben.page.getByRole('button', { name: 'Follow', exact: true }).click();
  await ben.page.getByRole('button', { name: 'Following', exact: true, pressed: true }).waitFor();
  await ben.page.getByRole('button', { name: '1 follower' }).waitFor();

  // The feed of somebody who follows: it may notice that a moment later.
  await expect
    .poll(async () => {
      await ben.goTo('/');
      await ben.sees('Home');
      return ben.postWith(caption).count();
    }, late)
    .toBe(1);
  const post = ben.postWith(caption);
  const like = (pressed: boolean) => post.getByRole('button', { name: 'Like', exact: true, pressed });
  await like(false).click();
  await post.getByText('1 like', { exact: true }).waitFor();
  await like(true).click();
  await post.getByText('No likes yet').waitFor();
  await like(false).click();
  await post.getByText('1 like', { exact: true }).waitFor();
  await post.getByRole('link', { name: 'Comment' }).click();
  await ben.sees(`Post by @${annsName.handle}`);
  await ben.page.getByRole('textbox', { name: 'Add a comment' }).fill('And to you');
  await ben.page.getByRole('button', { name: 'Post comment' }).click();
  await ben.page.getByRole('list', { name: 'Comments' }).getByText('And to you').waitFor();

  // Ann sees what he did.
  await ann.openMain('Profile');
  await ann.sees(annsName.name);
  await ann.page.getByRole('button', { name: '1 follower' }).waitFor();
  await ann.page.getByRole('list', { name: 'Posts' }).getByRole('link').first().click();
  await ann.sees(`Post by @${annsName.handle}`);
  await expect
    .poll(async () => {
      await ann.page.reload();
      await ann.postWith(caption).waitFor();
      return ann.page.getByText('1 like', { exact: true }).count();
    }, late)
    .toBe(1);
  await ann.page.getByRole('list', { name: 'Comments' }).getByText('And to you').waitFor();

  const film = `It moves ${randomBytes(3).toString('hex')}`;
  await ann.post(film, [{ name: 'film.webm', mimeType: 'video/webm', buffer: await recordVideo(ann.page) }]);
  const video = ann.postWith(film).locator('video');
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.videoWidth), late).toBe(320);

  // Another password ends the sessions elsewhere.
  await phone.logIn(bensName);
  const next = 'another long password';
  await ben.openMain('Settings');
  await ben.sees('Settings');
  const password = ben.page.getByRole('form', { name: 'Password' });
  await password.getByRole('textbox', { name: 'Current password' }).fill(bensName.password);
  await password.getByRole('textbox', { name: 'New password' }).fill(next);
  await password.getByRole('button', { name: 'Change password' }).click();
  await ben.hears(/password/i);
  await phone.outliveAccessToken();
  await phone.goTo('/');
  await phone.sees('Welcome back');
  // Here it goes on, also once the access token is over.
  await ben.outliveAccessToken();
  await ben.goTo('/');
  await ben.sees('Home');

  await ben.logOut();
  expect((await ben.context.cookies()).map(({ name }) => name)).toEqual([]);
  await ben.goTo('/settings');
  await ben.sees('Welcome back');
  await ben.logIn({ ...bensName, password: next });
  await ben.postWith(caption).waitFor();
  for (const each of [ann, ben, phone]) expect(each.watched.troubles).toEqual([]);
}

/** Whatever runs in the page must not be able to take the session with it. */
export async function checkNoTokenIsReadable({ page, context }: Visitor): Promise<void> {
  const tokens = await context.cookies();
  expect(tokens.map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([
    [true, 'Strict'],
    [true, 'Strict'],
    [true, 'Strict'],
  ]);
  const readable = await page.evaluate(() =>
    JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
  );
  for (const { value } of tokens) expect(readable).not.toContain(value);
  // Nor anything else that looks like one.
  expect(readable).not.toMatch(/eyJ[\w-]{10,}\./);
}
