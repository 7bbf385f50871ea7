import type { ProblemBody } from './problem-body.ts';

/** Why an attempt failed: it was answered with an error status, too late, not at all, or with something else than expected. */
export type FailedOutcome = 'status' | 'timeout' | 'network' | 'invalid';

/** A call to another service or to an API outside that gave nothing to work with. Its message has no query, header or body, so it may be logged. */
export class ClientError extends Error {
  readonly outcome: FailedOutcome;
  /** What was called, by its name in the declaration. */
  readonly peer: string;
  /** The status, where there was an answer. */
  readonly status: number | undefined;
  /** How long the peer asks to wait before the next attempt, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** Private, as what logs an error writes all that can be seen of it. */
  readonly #problem: ProblemBody | undefined;
  readonly #unsent: boolean;

  constructor(props: {
    outcome: FailedOutcome;
    peer: string;
    operation: string;
    what: string;
    status?: number;
    retryAfter?: number;
    problem?: ProblemBody | undefined;
    unsent?: boolean;
  }) {
    super(`${props.operation} of ${props.peer} ${props.what}`);
    this.name = 'ClientError';
    this.outcome = props.outcome;
    this.peer = props.peer;
    this.status = props.status;
    this.retryAfter = props.retryAfter;
    this.#problem = props.problem;
    this.#unsent = props.unsent ?? false;
  }

  /** What one of our services says is wrong, for a service that answers on its behalf. It may repeat what was sent, so it is nothing for a log. */
  get problem(): ProblemBody | undefined {
    return this.#problem;
  }

  /** Whether no connection was made, so that certainly nothing was taken: whatever was asked may be asked again. */
  get unsent(): boolean {
    return this.#unsent;
  }
}
