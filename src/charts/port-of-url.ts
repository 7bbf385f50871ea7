/** The port that an `http:` or `https:` URL names, or that is meant where it names none. */
export function portOfUrl(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}
