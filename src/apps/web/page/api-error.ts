import type { Answer } from './answer.ts';

/** @see ApiError */
export interface ApiErrorProps {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: ApiError['errors'] | undefined;
  readonly retryAfter?: number | undefined;
  readonly traceId?: string | undefined;
  readonly cause?: unknown;
}

/** What went wrong with a call, in the words of the service that was asked. */
export class ApiError extends Error {
  /** The status; 0 where no answer came. */
  readonly status: number;
  /** For a program, such as `wrong-credentials`; `offline` where no answer came, `unreadable` where what came is not from a service. */
  readonly code: string;
  /** For people who know the service; the message too. */
  readonly detail: string;
  /** The parts of the request that are wrong, such as `body.email`. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  /** After how many seconds the same may succeed. */
  readonly retryAfter: number | undefined;
  /** By which whoever runs the system finds it in the logs. */
  readonly traceId: string | undefined;

  constructor({ status, code, detail, errors = [], retryAfter, traceId, cause }: ApiErrorProps) {
    super(detail, { cause });
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.retryAfter = retryAfter;
    this.traceId = traceId;
  }
}

/** The error that an answer tells of (RFC 9457). What is between the browser and the services may answer in words of its own. */
export function problemOf({ status, text, retryAfter }: Answer): ApiError {
  const shared = { status, retryAfter: Number(retryAfter) || undefined };
  try {
    const { code, detail, errors, traceId } = JSON.parse(text) as Partial<ApiErrorProps>;
    if (typeof code === 'string' && typeof detail === 'string')
      return new ApiError({ ...shared, code, detail, errors, traceId });
  } catch {
    // Told below.
  }
  return new ApiError({ ...shared, code: 'unreadable', detail: `The server answered ${status}` });
}
