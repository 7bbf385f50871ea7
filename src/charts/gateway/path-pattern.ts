/**
 * The regular expression of a path that only means one thing, with its query or without, whose group is the path.
 *
 * No segment is `.` or `..`, which programs behind might take for a step up. And none encodes a character that needs no encoding: services decode it before they
 * choose a route, so `/users/%69nternal` would be `/users/internal` to them and something else to whoever let it through. Whoever sends such a path has
 * something else in mind: clients resolve dots and encode nothing in vain.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 */
export function plainPath(group: string): string {
  const needless = '2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe]';
  const segment = `(?!\\.{1,2}(?:[/?]|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@-]++|%(?!${needless})[0-9A-Fa-f]{2})*+`;
  return `^(?<${group}>(?:/${segment})++)(?:\\?|$)`;
}

/** The regular expression of the plain paths that a template such as `/posts/:id` stands for, without its anchors. */
export function pathPattern(template: string): string {
  return template
    .split('/')
    .map((segment) => (isParameter(segment) ? '[^/]+' : segment.replaceAll('.', '\\.')))
    .join('/');
}

/** Orders templates as services choose among them: of two that stand for one path, the one that says the earlier segment comes first. */
export function bySpecificity(one: string, other: string): number {
  const [left, right] = [one.split('/'), other.split('/')];
  for (const [at, segment] of left.entries()) {
    const against = right[at];
    if (against === undefined) return 1;
    if (isParameter(segment) !== isParameter(against)) return isParameter(segment) ? 1 : -1;
    if (!isParameter(segment) && segment !== against) return segment < against ? -1 : 1;
  }
  return left.length - right.length;
}

/** Whether there is a path that both templates stand for. */
export function overlap(one: string, other: string): boolean {
  return samePlaces(one, other, (left, right) => left === right || isParameter(left) || isParameter(right));
}

/** Whether a template stands for every path that another one stands for. */
export function covers(general: string, special: string): boolean {
  return samePlaces(general, special, (left, right) => left === right || isParameter(left));
}

function samePlaces(one: string, other: string, agree: (left: string, right: string) => boolean): boolean {
  const [left, right] = [one.split('/'), other.split('/')];
  return left.length === right.length && left.every((segment, at) => agree(segment, right[at] ?? ''));
}

function isParameter(segment: string): boolean {
  return segment.startsWith(':');
}
