import type { Color } from './color.ts';

/** The colours of a time and a place. */
export interface Palette {
  /** From the zenith to the horizon. */
  readonly sky: readonly [Color, Color, Color];
  /** What shines: sun, moon, windows. */
  readonly light: Color;
  /** What is far away, and what is near. */
  readonly far: Color;
  readonly near: Color;
  /** For things: sails, petals, vessels, tiles. */
  readonly accents: readonly [Color, Color, Color, Color];
}

export const palettes = {
  dawn: {
    sky: ['#7fa7c9', '#f4c7ab', '#ffe9cf'],
    light: '#fff3d6',
    far: '#d9a89c',
    near: '#3d3a55',
    accents: ['#e2725b', '#f2b134', '#fff4e3', '#4f6d7a'],
  },
  dusk: {
    sky: ['#2b2d5b', '#b3517a', '#ffb06b'],
    light: '#ffe2a8',
    far: '#a5567c',
    near: '#1d1836',
    accents: ['#ff7b54', '#ffb26b', '#ffd56f', '#5c3d78'],
  },
  noon: {
    sky: ['#3f8fd1', '#8cc7ea', '#e3f4f6'],
    light: '#fffdf0',
    far: '#9cc4c9',
    near: '#1f5a4c',
    accents: ['#e4572e', '#f3a712', '#f7f3e3', '#2e86ab'],
  },
  night: {
    sky: ['#070b1e', '#14234a', '#3b4f7d'],
    light: '#fdf3c9',
    far: '#2c3f68',
    near: '#060914',
    accents: ['#ffd166', '#ef8354', '#8ecae6', '#48527a'],
  },
  autumn: {
    sky: ['#8fb0b5', '#e9d5a9', '#f8ead0'],
    light: '#fff0c4',
    far: '#cf9f62',
    near: '#4a2a1a',
    accents: ['#c8553d', '#e09f3e', '#f3e9d2', '#7a3b2e'],
  },
  mist: {
    sky: ['#b7c9cc', '#d7e0dd', '#f0efe8'],
    light: '#ffffff',
    far: '#bccbc9',
    near: '#24403f',
    accents: ['#8aa39b', '#d8a48f', '#f2ede4', '#566e6b'],
  },
  rose: {
    sky: ['#c9a7c7', '#f3c5c5', '#fde8dc'],
    light: '#fff6ee',
    far: '#cf9ab0',
    near: '#5b3a5a',
    accents: ['#d96c75', '#f0a6a0', '#fbeee6', '#7b5e7b'],
  },
  winter: {
    sky: ['#5f86b3', '#a9c6de', '#eaf2f7'],
    light: '#ffffff',
    far: '#9fb8cf',
    near: '#22374f',
    accents: ['#d1495b', '#edae49', '#ffffff', '#30638e'],
  },
  storm: {
    sky: ['#2e3f4a', '#64808a', '#c2cbc4'],
    light: '#f3e8c8',
    far: '#7f959a',
    near: '#16242b',
    accents: ['#d9a441', '#b8c4bb', '#ecebe4', '#3d5a66'],
  },
  meadow: {
    sky: ['#77b6d6', '#bfe0dc', '#f2f3d9'],
    light: '#fff9d8',
    far: '#a8cf9a',
    near: '#2f5d33',
    accents: ['#e5446d', '#f7b32b', '#fffaf0', '#7d5ba6'],
  },
  clay: {
    sky: ['#d8c3a5', '#e8d8c3', '#f3e9dc'],
    light: '#fff7ea',
    far: '#c9a98a',
    near: '#5e4636',
    accents: ['#b5654a', '#d9a566', '#f4ece1', '#5f7470'],
  },
  teal: {
    sky: ['#0f4c5c', '#2a7f86', '#a9d6c9'],
    light: '#fff2cc',
    far: '#5fa8a0',
    near: '#0a2c36',
    accents: ['#e36414', '#fb8b24', '#f4f1de', '#9a031e'],
  },
} as const satisfies Readonly<Record<string, Palette>>;

export type PaletteName = keyof typeof palettes;
