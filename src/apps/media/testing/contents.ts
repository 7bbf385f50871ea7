import { crc32 } from 'node:zlib';
import sharp from 'sharp';

/** AVIF takes long to make, and how small it gets is not what is tested. */
const quickly = (format: string) => (format === 'avif' ? { effort: 0 } : {});

/** A picture of one colour. @param format as sharp names it */
export function picture(
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif',
  { width = 640, height = 480, color = '#336699' } = {},
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: color } })
    .toFormat(format, quickly(format))
    .toBuffer();
}

/** What begins like a video, and is as long as it has to be. */
export function video(type: 'mp4' | 'webm', bytes = 100_000): Buffer {
  const filler = Buffer.alloc(bytes, 'frames ');
  const head = {
    mp4: Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex'),
    webm: Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581', 'hex'),
  }[type];
  return Buffer.concat([head, filler]).subarray(0, bytes);
}

type Content = readonly [what: string, make: () => Promise<Buffer>];
const formats = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const;

/** Pictures that cannot be shown as a whole. */
export const brokenPictures: readonly Content[] = [
  ...formats.map(
    (format): Content => [
      `half a picture in ${format}`,
      async () => {
        const content = await noise(format);
        return content.subarray(0, Math.floor(content.length / 2));
      },
    ],
  ),
  ...formats.map(
    (format): Content => [
      `the first bytes of a picture in ${format}`,
      async () => (await noise(format)).subarray(0, 64),
    ],
  ),
  [
    'a picture in png with other bytes in its middle',
    async () => {
      const content = await noise('png');
      const middle = Math.floor(content.length / 2);
      content.fill('x', middle, middle + 100);
      return content;
    },
  ],
];

/** Small files of more pixels than anybody can use. */
export const hugePictures: readonly Content[] = [
  ['a picture in png of 50,000 x 50,000 pixels', async () => pngOf(await picture('png'), 50_000, 50_000, 8)],
  ['a picture in png of 6,000 x 6,000 pixels with 16 bits', async () => pngOf(await picture('png'), 6_000, 6_000, 16)],
  [
    'a picture in avif of 4,000 x 3,001 pixels',
    async () => {
      const content = await picture('avif');
      const at = content.indexOf('ispe');
      content.writeUInt32BE(4_000, at + 8);
      content.writeUInt32BE(3_001, at + 12);
      return content;
    },
  ],
  [
    'a picture in gif of 65,000 x 65,000 pixels',
    async () => {
      const content = await picture('gif');
      // Of the screen, and of the one picture on it.
      const frame = content.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 0x80, 2, 0xe0, 1]));
      for (const [at, value] of [
        [6, 65_000],
        [8, 65_000],
        [frame + 5, 65_000],
        [frame + 7, 65_000],
      ] as const)
        content.writeUInt16LE(value, at);
      return content;
    },
  ],
  [
    'a picture in jpeg of 60,000 x 60,000 pixels',
    async () => {
      const content = await picture('jpeg');
      const at = content.indexOf(Buffer.from([0xff, 0xc0]));
      content.writeUInt16BE(60_000, at + 5);
      content.writeUInt16BE(60_000, at + 7);
      return content;
    },
  ],
  [
    'a picture in webp of 16,383 x 16,383 pixels',
    async () => {
      const content = await picture('webp');
      const at = content.indexOf(Buffer.from([0x9d, 0x01, 0x2a]));
      content.writeUInt16LE(16_383, at + 3);
      content.writeUInt16LE(16_383, at + 5);
      return content;
    },
  ],
];

/** The same PNG, with another head. @param depth bits of each colour */
function pngOf(content: Buffer, width: number, height: number, depth: 8 | 16): Buffer {
  content.writeUInt32BE(width, 16);
  content.writeUInt32BE(height, 20);
  content.writeUInt8(depth, 24);
  content.writeUInt32BE(crc32(content.subarray(12, 29)), 29);
  return content;
}

/** A picture that does not get small by compression. */
function noise(format: (typeof formats)[number]): Promise<Buffer> {
  return sharp({
    create: {
      width: 100,
      height: 100,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .toFormat(format, quickly(format))
    .toBuffer();
}
