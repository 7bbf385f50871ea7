import auth from '../auth/contract.ts';
import { defineApp, HttpError, openPage } from '../kit/index.ts';
import service from './service.ts';
import { createSessionHandlers } from './session-handlers.ts';

export default defineApp(service, async ({ client, metrics }) => {
  const page = await openPage(import.meta.url);
  const { shell } = page;
  return {
    home: shell,
    search: shell,
    person: shell,
    post: shell,
    compose: shell,
    settings: shell,
    logInForm: shell,
    signUpForm: shell,
    asset: async (request, reply) => {
      try {
        return await page.asset(request.params.name, request, reply);
      } catch (error) {
        if (error instanceof HttpError) metrics.missingAssets.inc();
        throw error;
      }
    },
    ...createSessionHandlers(client(auth)),
  };
});
