import { collectHeaders } from './safe-headers.ts';

const none = ["'none'"];
const self = ["'self'"];

/** What the shell of a page says beside the headers of every answer: it loads and asks what is of its own host, and runs nothing that is written in it. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...collectHeaders({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: none,
        scriptSrc: self,
        styleSrc: self,
        // A picture or video that is about to be uploaded is shown from where it is.
        imgSrc: [...self, 'blob:'],
        mediaSrc: [...self, 'blob:'],
        connectSrc: self,
        formAction: none,
        baseUri: none,
        frameAncestors: none,
        requireTrustedTypesFor: ["'script'"],
        // No code of a page turns text into markup, so none needs a policy.
        trustedTypes: none,
      },
    },
    strictTransportSecurity: false,
    // Over TLS alone, where it is added: browsers complain about it else.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    // To its own services it says where it is: what a browser sends without TLS has nothing else to be known by as its own.
    referrerPolicy: { policy: 'same-origin' },
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }),
  // None of these is what a page of ours needs.
  'permissions-policy': ['camera', 'geolocation', 'microphone', 'payment', 'usb']
    .map((name) => `${name}=()`)
    .join(', '),
};

/** Those of a page that came over TLS: no page that it opens, or that opened it, can touch it. */
export const pageTlsHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'cross-origin-opener-policy': 'same-origin',
};
