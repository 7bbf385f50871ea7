import sharp, { type Sharp } from 'sharp';
import { HttpError, type Logger } from '../kit/index.ts';
import type { ThumbnailWidth } from './store.ts';

/** What is made of a picture. */
export interface Picture {
  /** In pixels, as it is shown: turned as its camera says. */
  readonly width: number;
  readonly height: number;
  /** In WebP, without what the camera wrote into the picture, such as where it was. */
  readonly thumbnails: Readonly<Record<ThumbnailWidth, Buffer>>;
}

/** The most pixels of a picture. The size of its file says nothing about that: a few kilobytes can be billions of them. */
const mostPixels = 50_000_000;
/** The most where a colour has 16 bits, which takes twice the memory. */
const mostDeepPixels = mostPixels / 2;
/** The most in AVIF, where one can take 30 bytes while it is decoded. */
const mostAvifPixels = 12_000_000;
/** How long a thumbnail may take, in seconds: pictures can be made such that it takes for ever. */
const mostSeconds = 30;

// Memory is what a pod is short of: no results are kept, and a picture has one thread.
sharp.cache(false);
sharp.concurrency(1);
// What no picture here is of, such as SVG, must not be read even where a file passes for something else.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((format) => `VipsForeignLoad${format}`),
});

/**
 * Reads pictures, one at a time: the largest takes some 400 MB while it is made smaller.
 *
 * @returns a reader of what `read` gives, which is asked when its turn comes
 */
export function createPictureReader(log: Logger): (read: () => Promise<Buffer>) => Promise<Picture> {
  let last: Promise<unknown> = Promise.resolve();
  return (read) => {
    const mine = last.then(async () => readPicture(await read(), log));
    last = mine.catch(() => {});
    return mine;
  };
}

/** @throws HttpError 422 `broken-image` or `too-many-pixels` */
async function readPicture(content: Buffer, log: Logger): Promise<Picture> {
  try {
    const { width, height } = await sizeOf(content);
    const options = { limitInputPixels: mostPixels, failOn: 'error' } as const;
    const large = await thumbnail(sharp(content, options).autoOrient(), 1080);
    // Of the large one, which is faster by far than reading the picture again.
    const small = await thumbnail(sharp(large), 320);
    return { width, height, thumbnails: { 320: small, 1080: large } };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    log.info({ reason: error instanceof Error ? error.message : error }, 'picture refused: it cannot be read');
    throw new HttpError(
      422,
      'broken-image',
      'The image is broken, or only a part of it; allowed: one that can be shown',
    );
  }
}

async function sizeOf(content: Buffer): Promise<{ width: number; height: number }> {
  // Of its head alone.
  const { width, height, autoOrient, format, depth } = await sharp(content, { limitInputPixels: false }).metadata();
  const most = format === 'heif' ? mostAvifPixels : depth === 'uchar' ? mostPixels : mostDeepPixels;
  if (width * height > most) {
    throw new HttpError(
      422,
      'too-many-pixels',
      `The image has ${width} x ${height} pixels; allowed: ${most} at most in an image like this`,
    );
  }
  return { width: autoOrient.width, height: autoOrient.height };
}

/** As wide as that, or as the picture; not much higher, as WebP ends at 16,383 pixels. */
function thumbnail(picture: Sharp, width: ThumbnailWidth): Promise<Buffer> {
  return picture
    .resize({ width, height: 2 * width, fit: 'inside', withoutEnlargement: true })
    .webp()
    .timeout({ seconds: mostSeconds })
    .toBuffer();
}
