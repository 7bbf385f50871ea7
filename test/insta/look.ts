import assert from 'node:assert/strict';
import media from '../../src/apps/media/contract.ts';
import users from '../../src/apps/users/contract.ts';
import web from '../../src/apps/web/contract.ts';
import type { BrowserPerson } from './browser-person.ts';

/**
 * What a browser asks for as somebody comes back to the page: the page, all that it loads, the next tokens, a profile, a small picture. Throws at the first answer that is
 * not as it should be.
 *
 * @param file a picture that was uploaded
 */
export async function look(person: BrowserPerson, file: string): Promise<void> {
  const page = bytesOf(await person.ask(web.routes.home)).toString();
  const assets = [...page.matchAll(/"\/assets\/([^"]+)"/g)].map(([, name = '']) => name);
  assert.ok(assets.length > 0, `the page loads something: ${page}`);
  for (const name of assets) {
    const asset = bytesOf(await person.ask(web.routes.asset, { params: { name } }));
    assert.ok(asset.length > 0, `${name} has a content`);
  }
  await person.refresh();
  const { handle } = await person.ask(users.routes.profile, { params: { handle: person.handle } });
  assert.equal(handle, person.handle);
  const small = bytesOf(await person.ask(media.routes.thumbnail, { params: { id: file }, query: {} }));
  assert.equal(small.subarray(8, 12).toString(), 'WEBP');
}

/** The content of a file, which no contract describes. */
function bytesOf(answer: unknown): Buffer {
  assert.ok(Buffer.isBuffer(answer), 'a file');
  return answer;
}
