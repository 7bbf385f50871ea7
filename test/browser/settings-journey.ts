import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { newPerson, Visitor, type VisitorProps } from './visitor.ts';

/**
 * What one person does with what is theirs: change the profile, block and unblock somebody, delete a comment and a post, log out elsewhere, delete the
 * account. Throws at the first thing that is not as it should be.
 */
export async function settingsJourney(props: Pick<VisitorProps, 'browser' | 'url'>): Promise<void> {
  await using cleo = await Visitor.open(props);
  await using dan = await Visitor.open(props);
  await using phone = await Visitor.open({ ...props, look: { viewport: { width: 360, height: 740 } } });
  const [cleosName, dansName] = [newPerson('Cleo'), newPerson('Dan')];
  const caption = `Soon gone ${randomBytes(3).toString('hex')}`;
  const { page } = cleo;
  const hasFocusIn = (selector: string) =>
    page.evaluate((around) => document.activeElement?.closest(around) !== null, selector);

  await dan.signUp(dansName);
  await cleo.signUp(cleosName);
  await cleo.post(caption);

  // The profile.
  const name = 'Cleo with another name';
  await cleo.openMain('Settings');
  const profile = page.getByRole('form', { name: 'Profile' });
  await profile.getByRole('textbox', { name: 'Handle' }).fill(dansName.handle);
  await profile.getByRole('button', { name: 'Save profile' }).click();
  await profile.getByRole('alert').filter({ hasText: 'Somebody has this handle already.' }).waitFor();
  await profile.getByRole('textbox', { name: 'Handle' }).fill(cleosName.handle);
  await profile.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await profile.getByRole('textbox', { name: 'Bio' }).fill('Now with a bio.');
  await profile.getByRole('button', { name: 'Save profile' }).click();
  await cleo.hears('Profile saved.');
  await cleo.openMain('Profile');
  await cleo.sees(name);
  await page.getByText('Now with a bio.').waitFor();

  // A comment and the post itself.
  await page.getByRole('list', { name: 'Posts' }).getByRole('link').first().click();
  await cleo.postWith(caption).waitFor();
  const comments = page.getByRole('list', { name: 'Comments' });
  for (const text of ['One', 'Two']) {
    await page.getByRole('textbox', { name: 'Add a comment' }).fill(text);
    await page.getByRole('button', { name: 'Post comment' }).click();
    await comments.getByRole('listitem').filter({ hasText: text }).getByRole('button').waitFor();
  }
  for (const [text, left, around] of [
    ['Two', 1, 'ol.comments'],
    ['One', 0, '[aria-label="Caption and comments"]'],
  ] as const) {
    await comments.getByRole('listitem').filter({ hasText: text }).getByRole('button').click();
    const question = page.getByRole('dialog', { name: 'Delete this comment?' });
    await question.getByRole('button', { name: 'Delete', exact: true }).click();
    await question.waitFor({ state: 'hidden' });
    await expect.poll(() => comments.getByRole('listitem').count()).toBe(left);
    await expect.poll(() => hasFocusIn(around)).toBe(true);
  }
  await page.getByRole('button', { name: 'Post options' }).click();
  await page.getByRole('button', { name: 'Delete post' }).click();
  await page.getByRole('dialog', { name: 'Delete this post?' }).getByRole('button', { name: 'Delete' }).click();
  await cleo.hears('Post deleted.');
  await cleo.sees('Home');
  await cleo.openMain('Profile');
  await page.getByRole('heading', { name: 'Share your first picture' }).waitFor();

  // Somebody is blocked, and is not any more.
  await cleo.goTo(`/people/${dansName.handle}`);
  await page.getByRole('button', { name: `More about @${dansName.handle}` }).click();
  await page.getByRole('button', { name: `Block @${dansName.handle}` }).click();
  const question = page.getByRole('dialog', { name: `Block @${dansName.handle}?` });
  await question.getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByRole('heading', { name: `You have blocked @${dansName.handle}` }).waitFor();
  await cleo.hears(/is blocked/);
  await dan.goTo(`/people/${cleosName.handle}`);
  await dan.page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  await cleo.openMain('Settings');
  await page.getByRole('button', { name: `Unblock @${dansName.handle}` }).click();
  await page.getByText('You have blocked nobody.').waitFor();
  await dan.page.reload();
  await dan.sees(name);

  // Whoever was logged in elsewhere is told by the next answer, although the access token is good for minutes yet.
  await phone.logIn(cleosName);
  await page.reload();
  await page.getByRole('button', { name: 'Log out everywhere else', disabled: false }).click();
  await cleo.hears('You are logged in only here now.');
  expect(await page.getByRole('list', { name: 'Sessions' }).getByRole('listitem').count()).toBe(1);
  await phone.openMain('Settings');
  await phone.sees('Welcome back');
  await phone.hears('Your session has ended.');

  // The account.
  await page.getByRole('button', { name: 'Delete account' }).click();
  const last = page.getByRole('dialog', { name: 'Delete your account?' });
  const forEver = last.getByRole('button', { name: 'Delete for ever' });
  await last.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await forEver.click();
  await last.getByRole('alert').filter({ hasText: 'That is not your password.' }).waitFor();
  await last.getByRole('textbox', { name: 'Password' }).fill(cleosName.password);
  await forEver.click();
  await cleo.sees('Welcome back');
  expect(await cleo.context.cookies()).toEqual([]);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(cleosName.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(cleosName.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').filter({ hasText: 'There is no account' }).waitFor();
  for (const each of [cleo, dan, phone]) expect(each.watched.troubles).toEqual([]);
}
