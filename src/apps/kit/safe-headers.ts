import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * The security headers of every answer, as helmet words them. They are the same for each, so helmet is asked once: as a plugin it builds them
 * anew for every request, an eighth of the request's time.
 */
export const safeHeaders: Readonly<Record<string, string>> = collectHeaders({
  // Answers are data: a browser that is led to one shall load nothing and show it in no frame.
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  // A header that only counts over TLS, where it is added.
  strictTransportSecurity: false,
  // These speak of pages, of what a page opens, and of browsers that are no more.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/** Those of an answer over TLS: the browser shall not come back without it. */
export const safeTlsHeaders: Readonly<Record<string, string>> = {
  ...safeHeaders,
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

/** The headers that helmet would set. */
export function collectHeaders(options: Parameters<typeof helmet>[0]): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => {},
  };
  helmet(options)({} as IncomingMessage, response as unknown as ServerResponse, (error) => {
    if (error) throw error;
  });
  return headers;
}
