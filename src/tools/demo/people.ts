import type { Look } from './art/portrait.ts';

/** Somebody who is only there to be looked at. */
export interface DemoPerson {
  readonly handle: string;
  readonly name: string;
  readonly bio: string;
  readonly look: Look;
}

/** The first is the one to log in as. */
export const people = [
  {
    handle: 'mara.lind',
    name: 'Mara Lind',
    bio: 'Early trains, long walks, strong coffee. I draw what I see from windows.',
    look: { ground: '#f2b8a0', skin: '#f1c7a5', hair: '#5a3527', clothes: '#2f6f73', cut: 'bun', earrings: true },
  },
  {
    handle: 'tomasz.w',
    name: 'Tomasz Wrona',
    bio: 'Mountains, mostly the small ones. Always five minutes behind the group.',
    look: { ground: '#a9c6de', skin: '#f0c8a8', hair: '#8a5a32', clothes: '#c8553d', cut: 'short', beard: true },
  },
  {
    handle: 'ines.mar',
    name: 'Inês Marinho',
    bio: 'Sailing an old boat with a new name. Lisbon, when the wind is wrong.',
    look: { ground: '#8fc7c4', skin: '#e0ab82', hair: '#2a1c18', clothes: '#f4f1de', cut: 'long' },
  },
  {
    handle: 'yuki.clay',
    name: 'Yuki Sato',
    bio: 'Potter. Bowls, bottles, and the ones that cracked.',
    look: { ground: '#e8d8c3', skin: '#f3d2b0', hair: '#1d1a1f', clothes: '#8aa39b', cut: 'bob' },
  },
  {
    handle: 'omar.h',
    name: 'Omar Haddad',
    bio: 'Sand by day, stars by night. Carries too many tripods.',
    look: { ground: '#e9b872', skin: '#c98f64', hair: '#1f1714', clothes: '#355070', cut: 'cap', beard: true },
  },
  {
    handle: 'freya.nordahl',
    name: 'Freya Nordahl',
    bio: '69 degrees north. It is dark, and I like it.',
    look: { ground: '#5f86b3', skin: '#f6d7bf', hair: '#e3c07b', clothes: '#d1495b', cut: 'long' },
  },
  {
    handle: 'leo.bakes',
    name: 'Léo Marchand',
    bio: 'Up at four so that you need not be. Bread, cakes, soup on Thursdays.',
    look: { ground: '#f7d08a', skin: '#eebf98', hair: '#3b2a20', clothes: '#ffffff', cut: 'short', glasses: true },
  },
  {
    handle: 'amara.o',
    name: 'Amara Okafor',
    bio: 'Architect. I count windows for a living, and then again for fun.',
    look: { ground: '#b98bb5', skin: '#8d5a3b', hair: '#1a1214', clothes: '#f2b134', cut: 'curly', earrings: true },
  },
  {
    handle: 'jonas.feld',
    name: 'Jonas Feld',
    bio: 'Birds. If it is not a bird it is probably behind one.',
    look: {
      ground: '#b9d8a8',
      skin: '#efc6a6',
      hair: '#9c9a96',
      clothes: '#3f6144',
      cut: 'bald',
      glasses: true,
      beard: true,
    },
  },
  {
    handle: 'priya.draws',
    name: 'Priya Raman',
    bio: 'Patterns for walls, scarves and one very brave café.',
    look: {
      ground: '#f08a5d',
      skin: '#a8714a',
      hair: '#1b1416',
      clothes: '#6a4c93',
      cut: 'long',
      glasses: true,
      earrings: true,
    },
  },
  {
    handle: 'gus.garden',
    name: 'Gus Ferreira',
    bio: 'Allotment 14, the one with the crooked gate. Swaps seedlings for anything.',
    look: { ground: '#c9d99a', skin: '#b9805a', hair: '#2c211c', clothes: '#e07a5f', cut: 'curly', beard: true },
  },
  {
    handle: 'nour.reads',
    name: 'Nour Saleh',
    bio: 'Librarian. Lives with a cat named Index.',
    look: { ground: '#c7b8ea', skin: '#e2b08a', hair: '#7b2d4b', clothes: '#33415c', cut: 'scarf' },
  },
] as const satisfies readonly DemoPerson[];

export type Handle = (typeof people)[number]['handle'];

/** Who knows whom: in a circle everybody follows everybody. The first person is not in all of them: there is somebody left to find. */
const circles: readonly (readonly Handle[])[] = [
  ['mara.lind', 'tomasz.w', 'freya.nordahl', 'jonas.feld'],
  ['mara.lind', 'yuki.clay', 'priya.draws', 'leo.bakes'],
  ['mara.lind', 'amara.o', 'nour.reads'],
  ['mara.lind', 'ines.mar', 'gus.garden'],
  ['gus.garden', 'jonas.feld', 'leo.bakes', 'nour.reads'],
  ['omar.h', 'freya.nordahl', 'amara.o', 'tomasz.w'],
  ['ines.mar', 'omar.h', 'priya.draws'],
];

/** Who follows whom, besides: not everybody is followed back. */
const admirers: readonly (readonly [from: Handle, to: Handle])[] = [
  ['nour.reads', 'yuki.clay'],
  ['gus.garden', 'yuki.clay'],
  ['leo.bakes', 'ines.mar'],
  ['priya.draws', 'amara.o'],
  ['omar.h', 'mara.lind'],
  ['jonas.feld', 'freya.nordahl'],
  ['yuki.clay', 'gus.garden'],
];

/** Whom somebody follows. */
export function followedBy(handle: Handle): Handle[] {
  const known = circles.filter((circle) => circle.includes(handle)).flat();
  const admired = admirers.filter(([from]) => from === handle).map(([, to]) => to);
  return [...new Set([...known, ...admired])].filter((other) => other !== handle);
}
