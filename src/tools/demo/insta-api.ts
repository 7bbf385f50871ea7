import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import type { Route, RouteCall, RouteResult } from '../../model/index.ts';
import { requestOf } from '../request-of.ts';
import { CommandError } from '../run-command.ts';

/** An answer that is none of success. */
export class Refusal extends Error {
  readonly status: number;
  /** By which a program tells it from others. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

interface CallOptions {
  readonly token?: string;
  /** The bytes of a picture, for the route that takes one. */
  readonly file?: Buffer;
}

export interface InstaApiProps {
  /** Where insta is reached. */
  readonly url: URL;
  /** The Host header. @default - that of the URL */
  readonly host?: string | undefined;
  /** Told why nothing happens for a while. */
  readonly print: (line: string) => void;
}

/** Seconds in all for which one call waits where it is told to come back later. */
const patience = 180;

/** Calls the routes of insta as any program outside would. Whoever is told to wait waits. */
export class InstaApi implements AsyncDisposable {
  readonly #props: InstaApiProps;
  readonly #agent = new Agent({ connections: 16 });

  constructor(props: InstaApiProps) {
    this.#props = props;
  }

  /** @throws Refusal @throws CommandError if there is no answer, or none of insta */
  async call<R extends Route>(route: R, call?: RouteCall<R>, options: CallOptions = {}): Promise<RouteResult<R>> {
    for (let waited = 0; ; ) {
      const { status, text, retryAfter } = await this.#send(route, call, options);
      if (status >= 200 && status < 300) return this.#read(route, text);
      const isBusy = status === 429 || status === 503;
      if (!isBusy || retryAfter === undefined || waited + retryAfter > patience) throw refusalOf(route, status, text);
      if (retryAfter > 5) this.#props.print(`told to come back in ${retryAfter} s (${status})`);
      waited += retryAfter;
      await sleep(retryAfter * 1_000);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.destroy();
  }

  async #send(route: Route, call: unknown, { token, file }: CallOptions) {
    const { url, host } = this.#props;
    const { path, body } = requestOf(route, call);
    try {
      const answer = await this.#agent.request({
        origin: url.origin,
        path,
        method: route.method,
        headers: {
          ...(host && { host }),
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(file && { 'content-type': 'image/jpeg' }),
        },
        body: file ?? body ?? null,
      });
      const seconds = Number(answer.headers['retry-after']);
      return {
        status: answer.statusCode,
        text: await answer.body.text(),
        retryAfter: seconds > 0 ? seconds : undefined,
      };
    } catch (error) {
      const reason =
        error instanceof Error ? error.message || ((error as NodeJS.ErrnoException).code ?? error.name) : error;
      throw new CommandError(
        `URL: got ${url.origin}, which does not answer (${reason}); allowed: that of a running insta; fix: npm run dev, or look whether it is up, and run this again: it goes on where it stopped`,
        1,
      );
    }
  }

  #read<R extends Route>(route: R, text: string): RouteResult<R> {
    const parsed = route.response.safeParse(text === '' ? undefined : jsonOf(text));
    if (parsed.success) return parsed.data as RouteResult<R>;
    throw new CommandError(
      `URL: got ${this.#props.url.origin}, whose answer to ${route.method} ${route.path} is not that of insta; allowed: that of a running insta of this version`,
      1,
    );
  }
}

function refusalOf({ method, path }: Route, status: number, text: string): Refusal {
  const problem = jsonOf(text) as { code?: unknown; detail?: unknown } | undefined;
  const [code, detail] = [problem?.code, problem?.detail].map((each) => (typeof each === 'string' ? each : ''));
  return new Refusal(status, code ?? '', `${method} ${path} was answered with ${status}${detail ? `: ${detail}` : ''}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
