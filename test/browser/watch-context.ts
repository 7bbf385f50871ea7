import type { BrowserContext } from 'playwright-core';

/** What a browser tells of its pages. */
export interface Watched {
  /** Breaches of the Content-Security-Policy, errors that nobody caught, and what is loaded from elsewhere. Empty where all is well. */
  readonly troubles: readonly string[];
}

/** Listens to all pages of a context from now on. @param origin of the page: nothing may come from another */
export async function watchContext(context: BrowserContext, origin: string): Promise<Watched> {
  const troubles: string[] = [];
  await context.exposeBinding('tellTrouble', (_source, trouble: string) => void troubles.push(trouble));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      const tell = Reflect.get(globalThis, 'tellTrouble') as (trouble: string) => void;
      tell(`policy: ${violatedDirective} blocked ${blockedURI}`);
    });
  });
  context.on('console', (message) => {
    // What the network refuses is part of some tests; what the page says of it, too.
    if (message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(message.text()))
      troubles.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => troubles.push(`not caught: ${error.error().message}`));
  context.on('request', (request) => {
    const { protocol, origin: from } = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(protocol) && from !== origin)
      troubles.push(`another origin: ${request.url()}`);
  });
  return { troubles };
}
