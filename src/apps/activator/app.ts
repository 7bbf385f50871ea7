import { activator, parseSleepers, toMilliseconds } from '../../model/index.ts';
import { defineApp, HttpError } from '../kit/index.ts';
import service from './service.ts';

export default defineApp(service, async ({ config, coldStart }) => {
  const sleepers = new Map(
    parseSleepers(config[activator.variable]).map(({ name, readyUrl, coldStart: limit }) => [
      name,
      { limit: toMilliseconds(limit), start: coldStart({ name, readyUrl, caller: activator.caller }) },
    ]),
  );
  return {
    awake: async ({ params, signal }) => {
      const sleeper = sleepers.get(params.service);
      if (!sleeper) {
        const known = [...sleepers.keys()].join(', ');
        throw new HttpError(404, 'unknown-service', `${params.service} is none of those that may sleep: ${known}`);
      }
      try {
        await sleeper.start.wait({ limit: sleeper.limit, signal });
      } catch (error) {
        // Whoever asked has left, and hears of nothing any more.
        if (!signal.aborted) throw error;
      }
      return undefined;
    },
  };
});
