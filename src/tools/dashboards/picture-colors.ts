/** The colours of lines, in their order. */
const palette = ['--blue', '--orange', '--green', '--violet', '--red', '--teal', '--brown', '--pink', '--grey'];

const named: Readonly<Record<string, string>> = {
  green: '--green',
  yellow: '--yellow',
  orange: '--orange',
  red: '--red',
  blue: '--blue',
};

export function lineColor(index: number): string {
  return `var(${palette[index % palette.length]})`;
}

/** A colour that a dashboard names. */
export function colorOf(name: string): string {
  return `var(${named[name] ?? '--text'})`;
}

/** All of them, in the light and in the dark. */
export const pictureStyle = `
svg { --page: #f4f5f7; --card: #ffffff; --text: #1b1f24; --muted: #5c6570; --faint: #e3e6ea; --blue: #2563eb; --orange: #d9700c; --green: #15803d; --violet: #7c3aed; --red: #c81e1e; --teal: #0e8a8a; --brown: #8a5a2b; --pink: #c2347f; --grey: #77818e; --yellow: #b58900; background: var(--page) }
@media (prefers-color-scheme: dark) { svg { --page: #111418; --card: #1a1e24; --text: #e6e9ee; --muted: #98a2b0; --faint: #2b313a; --blue: #6ea0ff; --orange: #f5a04a; --green: #4ade80; --violet: #b394ff; --red: #ff7b72; --teal: #4fd1c5; --brown: #d2a679; --pink: #f48fb1; --grey: #8b95a3; --yellow: #e3c34a } }
`;
