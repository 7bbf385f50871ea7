import type { Caller } from '../test/insta/caller.ts';

/** The same caller, whose answers somebody hears of. */
export function watch(outside: Caller, hear: (what: string, status: number | string) => void): Caller {
  const call = async (...[route, given, options]: Parameters<Caller>) => {
    const what = `${route.method} ${route.path}`;
    try {
      const answer = await outside(route, given, options);
      hear(what, answer.status);
      return answer;
    } catch (error) {
      hear(what, (error as Error).message);
      throw error;
    }
  };
  return Object.assign(call, { origin: outside.origin, close: () => outside.close() }) as Caller;
}
