import { describe, expect, test } from 'vitest';
import { UploadQueue } from './upload-queue.ts';

/** A queue whose uploads the test ends itself, by the name of the file. */
function fixture() {
  const sending = new Map<
    string,
    { end: () => void; fail: () => void; progress: (part: number) => void; signal: AbortSignal }
  >();
  const discarded: string[] = [];
  const previews = new Set<string>();
  const queue = new UploadQueue({
    send: ({ name }, { onProgress, signal }) =>
      new Promise<{ id: string; type: string }>((resolve, reject) => {
        const fail = () => reject(new Error(`${name} broke`));
        sending.set(name, {
          end: () => resolve({ id: `id-${name}`, type: 'image/png' }),
          fail,
          progress: onProgress,
          signal,
        });
        signal.addEventListener('abort', fail);
      }),
    discard: (id) => discarded.push(id),
    preview: {
      open: ({ name }) => {
        previews.add(name);
        return name;
      },
      close: (address) => previews.delete(address),
    },
  });
  const add = (...names: string[]) => queue.add(names.map((name) => ({ name, size: 1, type: 'image/png' })));
  const of = (name: string) => {
    const found = sending.get(name);
    if (!found) throw new Error(`${name} is not under way`);
    return found;
  };
  const upload = (name: string) => queue.uploads.get().find((each) => each.name === name);
  const key = (name: string) => upload(name)?.key ?? 0;
  return { queue, add, of, upload, key, sending, discarded, previews };
}

describe('the files of a post', () => {
  test('are sent two at a time, in their order', async () => {
    const { queue, add, of, sending } = fixture();
    add('a', 'b', 'c');
    expect([...sending.keys()]).toEqual(['a', 'b']);
    of('b').end();
    await expect.poll(() => sending.has('c')).toBe(true);
    of('c').end();
    of('a').end();
    await expect.poll(() => queue.isComplete).toBe(true);
    expect(queue.mediaIds).toEqual(['id-a', 'id-b', 'id-c']);
  });

  test('tell how far they are', () => {
    const { add, of, upload } = fixture();
    add('a');
    of('a').progress(0.4);
    expect(upload('a')).toMatchObject({ status: 'sending', progress: 0.4, kind: 'picture' });
  });

  test('can be sent again after they failed, and are not complete before', async () => {
    const { queue, add, of, upload, key } = fixture();
    add('a');
    of('a').fail();
    await expect.poll(() => upload('a')?.status).toBe('failed');
    expect(queue.isComplete).toBe(false);
    queue.retry(key('a'));
    expect(upload('a')).toMatchObject({ status: 'sending', progress: 0 });
    of('a').end();
    await expect.poll(() => queue.isComplete).toBe(true);
  });

  test('can be taken out under way: the next one begins', async () => {
    const { queue, add, of, key, sending, previews } = fixture();
    add('a', 'b', 'c');
    queue.remove(key('a'));
    expect(of('a').signal.aborted).toBe(true);
    expect(sending.has('c')).toBe(true);
    expect(queue.uploads.get().map(({ name }) => name)).toEqual(['b', 'c']);
    expect([...previews]).toEqual(['b', 'c']);
  });

  test('are deleted on the server when they are taken out after they arrived', async () => {
    const { queue, add, of, key, discarded } = fixture();
    add('a');
    of('a').end();
    await expect.poll(() => queue.isComplete).toBe(true);
    queue.remove(key('a'));
    expect(discarded).toEqual(['id-a']);
  });

  test('are deleted on the server when they arrive after they were taken out', async () => {
    const { queue, add, of, key, discarded } = fixture();
    add('a');
    const { end } = of('a');
    end();
    queue.remove(key('a'));
    await expect.poll(() => discarded).toEqual(['id-a']);
  });

  test('change places', () => {
    const { queue, add, key } = fixture();
    add('a', 'b', 'c');
    queue.move(key('c'), -1);
    queue.move(key('a'), -1);
    expect(queue.uploads.get().map(({ name }) => name)).toEqual(['a', 'c', 'b']);
  });

  test('stay on the server once the post has them, and leave nothing here', async () => {
    const { queue, add, of, discarded, previews } = fixture();
    add('a');
    of('a').end();
    await expect.poll(() => queue.isComplete).toBe(true);
    queue.clear({ keep: true });
    expect([queue.uploads.get(), discarded, previews.size]).toEqual([[], [], 0]);
  });
});
