import { CommandError } from '../run-command.ts';
import type { Answer, AskPrometheus } from './panel-data.ts';

/** Asks a Prometheus. @param url where it answers, without the path of its API */
export function prometheusAt(url: string): AskPrometheus {
  return async ({ query, from, to, step }) => {
    const body = new URLSearchParams({ query, start: String(from), end: String(to), step: String(step) });
    const answer = await fetch(`${url.replace(/\/$/, '')}/api/v1/query_range`, { method: 'POST', body }).catch(
      (error: Error) => {
        const { message } = (error.cause as Error | undefined) ?? error;
        throw new CommandError(
          `--url: got ${url}, where nobody answers (${message}); allowed: a Prometheus; fix: see whether it is reached from here, such as by kubectl port-forward`,
          2,
        );
      },
    );
    const text = await answer.text();
    if (!answer.ok) throw new CommandError(`${url} answered ${answer.status} to ${query}: ${text.slice(0, 300)}`, 1);
    return (JSON.parse(text) as { data: { result: readonly Answer[] } }).data.result;
  };
}
