import sharp from 'sharp';
import { bird } from './bird.ts';
import { bokeh } from './bokeh.ts';
import type { Scene } from './canvas.ts';
import { city } from './city.ts';
import { dunes } from './dunes.ts';
import { flowers } from './flowers.ts';
import { forest } from './forest.ts';
import { hills } from './hills.ts';
import { leaves } from './leaves.ts';
import { night } from './night.ts';
import { type PaletteName, palettes } from './palettes.ts';
import { type Look, portrait } from './portrait.ts';
import { Random } from './random.ts';
import { sea } from './sea.ts';
import { stillLife } from './still-life.ts';
import { table } from './table.ts';
import { tiles } from './tiles.ts';
import { window } from './window.ts';

const scenes = {
  bird,
  bokeh,
  city,
  dunes,
  flowers,
  forest,
  hills,
  leaves,
  night,
  sea,
  stillLife,
  table,
  tiles,
  windowOnCity: window(city),
  windowOnHills: window(hills),
} as const satisfies Readonly<Record<string, Scene>>;

/** Pixels. */
const shapes = { portrait: [900, 1125], square: [900, 900], wide: [900, 675] } as const;

/** What is in a picture. */
export interface Picture {
  readonly scene: keyof typeof scenes;
  readonly palette: PaletteName;
  /** What is in it that need not be; each scene names those it knows. @default - none */
  readonly extras?: readonly string[];
  /** @default square */
  readonly shape?: keyof typeof shapes;
}

/** Draws a picture, as a JPEG: the same one for the same seed. */
export function drawPicture({ scene, palette, extras = [], shape = 'square' }: Picture, seed: string): Promise<Buffer> {
  const [width, height] = shapes[shape];
  const canvas = { width, height, palette: palettes[palette], random: new Random(seed), extras: new Set(extras) };
  return toJpeg(scenes[scene](canvas), width, height, width, height);
}

/** Draws a face, as a JPEG. */
export function drawPortrait(look: Look): Promise<Buffer> {
  return toJpeg(portrait(look), 100, 100, 480, 480);
}

function toJpeg(
  content: string,
  viewWidth: number,
  viewHeight: number,
  width: number,
  height: number,
): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${viewWidth} ${viewHeight}">${content}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).jpeg({ quality: 86 }).toBuffer();
}
