/** What the page shows, by its address. */
export type Route =
  | { readonly view: 'feed' }
  | { readonly view: 'search'; readonly prefix: string }
  | { readonly view: 'person'; readonly handle: string }
  | { readonly view: 'post'; readonly id: string }
  | { readonly view: 'new' }
  | { readonly view: 'settings' }
  | { readonly view: 'log-in' }
  | { readonly view: 'sign-up' }
  | { readonly view: 'missing' };

/** @param address a path with its query, such as `/search?q=an` */
export function parseRoute(address: string): Route {
  const { pathname, searchParams } = new URL(address, 'http://page');
  const [first = '', second, ...rest] = pathname
    .split('/')
    .slice(1)
    .filter((part, index) => part !== '' || index === 0);
  if (rest.length > 0) return { view: 'missing' };
  if (second !== undefined) {
    const value = decoded(second);
    if (value === undefined) return { view: 'missing' };
    if (first === 'people') return { view: 'person', handle: value.toLowerCase() };
    if (first === 'post') return { view: 'post', id: value };
    return { view: 'missing' };
  }
  switch (first) {
    case '':
      return { view: 'feed' };
    case 'search':
      return { view: 'search', prefix: searchParams.get('q') ?? '' };
    case 'new':
    case 'settings':
    case 'log-in':
    case 'sign-up':
      return { view: first };
    default:
      return { view: 'missing' };
  }
}

/** The address of what the page shows. */
export function addressOf(route: Exclude<Route, { view: 'missing' }>): string {
  switch (route.view) {
    case 'feed':
      return '/';
    case 'search':
      return route.prefix ? `/search?q=${encodeURIComponent(route.prefix)}` : '/search';
    case 'person':
      return `/people/${encodeURIComponent(route.handle)}`;
    case 'post':
      return `/post/${encodeURIComponent(route.id)}`;
    default:
      return `/${route.view}`;
  }
}

/** Whether it is for those who are not logged in. */
export function isForGuests({ view }: Route): boolean {
  return view === 'log-in' || view === 'sign-up';
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
