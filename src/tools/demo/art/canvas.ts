import type { Palette } from './palettes.ts';
import type { Random } from './random.ts';

/** What a scene is drawn on and with. */
export interface Canvas {
  /** Pixels, from the upper left. */
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly random: Random;
  /** What is in the picture that need not be. */
  readonly extras: ReadonlySet<string>;
}

/** Draws the content of an SVG. */
export type Scene = (canvas: Canvas) => string;
