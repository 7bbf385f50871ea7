import type { BuiltApp } from '../build-app.ts';

/** What a service in memory answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
  readonly body: any;
}

/** Asks a service in memory. @param request such as `GET /feed` */
export async function ask(
  { server }: Pick<BuiltApp, 'server'>,
  request: string,
  { body, headers = {} }: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const [method, url] = request.split(' ') as ['GET', string];
  const answer = await server.inject({ method, url, headers, ...(body !== undefined && { payload: body as object }) });
  const text = answer.body;
  return { status: answer.statusCode, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}
