import { shownUrl } from '../../model/index.ts';
import { urlFrom } from '../option-values.ts';
import { queryRange, silenceOf } from '../query-range.ts';
import { CommandError } from '../run-command.ts';
import type { Answer, AskPrometheus } from './panel-data.ts';

/** Asks a Prometheus. @param url where it answers, without the path of its API. May carry a name and a password. @throws CommandError */
export function prometheusAt(url: string): AskPrometheus {
  const place = urlFrom('--url', url);
  const at = shownUrl(url);
  return async ({ query, from, to, step }) => {
    const span = { start: String(from), end: String(to), step: String(step) };
    const answer = await queryRange(place, { query, ...span }).catch((error) => {
      throw new CommandError(
        `--url: got ${at}, where nobody answers ${silenceOf(error)}; allowed: a Prometheus; fix: see whether it is reached from here, such as by kubectl port-forward`,
        2,
      );
    });
    const text = await answer.text();
    if (!answer.ok) throw new CommandError(`${at} answered ${answer.status} to ${query}: ${text.slice(0, 300)}`, 1);
    return (JSON.parse(text) as { data: { result: readonly Answer[] } }).data.result;
  };
}
