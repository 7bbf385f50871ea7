import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Duration, type LogLevel, logLevels, parseVariable, toMilliseconds } from '../../model/index.ts';
import type { Logger } from './log.ts';

/** Where the level of a running process is asked for and changed, on the port of its metrics. */
export const logLevelPath = '/log-level';

const usualFor: Duration = '10m';
/** One that is forgotten must not fill disks for days. */
const longestFor: Duration = '1d';

const change = z.strictObject({ level: z.enum(logLevels), for: z.string().default(usualFor) });

/** The level of a log, which can be changed for a while. */
export class LogLevelSwitch {
  readonly #log: Logger;
  readonly #usual: LogLevel;
  #until: Date | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param log whose level is the usual one now */
  constructor(log: Logger) {
    this.#log = log;
    this.#usual = log.level as LogLevel;
  }

  /** What is written now, and until when. */
  get state(): { readonly level: string; readonly usual: LogLevel; readonly until?: string } {
    return {
      level: this.#log.level,
      usual: this.#usual,
      ...(this.#until && { until: this.#until.toISOString() }),
    };
  }

  /** @param milliseconds after which the usual one is back */
  set(level: LogLevel, milliseconds: number): void {
    this.#clear();
    this.#until = new Date(Date.now() + milliseconds);
    this.#timer = setTimeout(() => this.reset(), milliseconds).unref();
    this.#change(level);
  }

  /** Back to the usual one. */
  reset(): void {
    this.#clear();
    this.#change(this.#usual);
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#until = undefined;
  }

  /** Said at whichever of the two levels writes more: the log must show from where to where it has a gap. */
  #change(level: LogLevel): void {
    const from = this.#log.level as LogLevel;
    if (from === level) return;
    const more = logLevels.indexOf(level) < logLevels.indexOf(from) ? level : from;
    this.#log.level = more;
    const said = logLevels.indexOf(more) > logLevels.indexOf('info') ? more : 'info';
    this.#log[said]({ from, to: level, until: this.#until }, 'log level changed');
    this.#log.level = level;
  }
}

/**
 * Lets whoever is on this machine ask for the level and change it. From a cluster that is `kubectl port-forward`, which ends in the pod itself, and for which Kubernetes asks who may; whoever
 * scrapes the metrics comes from elsewhere and may only read.
 */
export function serveLogLevel(server: FastifyInstance, level: LogLevelSwitch): void {
  server.get(logLevelPath, async () => level.state);
  server.put(logLevelPath, async (request, reply) => {
    if (!['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip))
      return reply
        .code(403)
        .type('text/plain')
        .send('The level is changed from this machine alone: use kubectl port-forward\n');
    const { success, data, error } = change.safeParse(request.body);
    const parsed = parseVariable({ type: 'duration' }, data?.for ?? usualFor);
    const isFor = 'value' in parsed && within(parsed.value as Duration);
    if (success && isFor) {
      level.set(data.level, toMilliseconds(parsed.value as Duration));
      return level.state;
    }
    const got = JSON.stringify(request.body)?.slice(0, 200);
    const why = success
      ? ''
      : `: ${error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`;
    return reply
      .code(400)
      .type('text/plain')
      .send(
        `log level: got ${got}${why}; allowed: {"level":"${logLevels.join(' | ')}","for":"a duration from 1s to ${longestFor}, ${usualFor} unless given"}; fix: send one of these as JSON\n`,
      );
  });
}

function within(given: Duration): boolean {
  const milliseconds = toMilliseconds(given);
  return milliseconds >= 1_000 && milliseconds <= toMilliseconds(longestFor);
}
