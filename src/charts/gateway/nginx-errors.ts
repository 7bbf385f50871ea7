/** An error that Nginx itself answers with. */
export interface NginxError {
  readonly status: number;
  readonly title: string;
  /** What is wrong, for a program: as the services name it. */
  readonly code: string;
  readonly detail: string;
  /** After how many seconds the same request may succeed. @default - not known */
  readonly retryAfter?: number;
  /** The statuses for which Nginx answers with it. @default - its own */
  readonly from?: readonly number[];
}

const malformed = { title: 'Bad Request', code: 'malformed-request', detail: 'Bad Request' };

/** Every error that Nginx can answer with by itself, in the words of the services. */
export const nginxErrors: readonly NginxError[] = [
  { status: 400, ...malformed },
  { status: 404, title: 'Not Found', code: 'route-not-found', detail: 'There is nothing at this path' },
  {
    status: 405,
    title: 'Method Not Allowed',
    code: 'method-not-allowed',
    detail: 'This path answers to other methods',
  },
  { status: 408, title: 'Request Timeout', code: 'request-timeout', detail: 'Request Timeout' },
  { status: 411, title: 'Length Required', code: 'malformed-request', detail: 'The length of the body is missing' },
  { status: 413, title: 'Payload Too Large', code: 'body-too-large', detail: 'The body is too large' },
  { status: 414, title: 'URI Too Long', code: 'url-too-long', detail: 'The URL is too long' },
  {
    status: 429,
    title: 'Too Many Requests',
    code: 'too-many-requests',
    detail: 'Too many requests, or too many at once',
    retryAfter: 1,
  },
  {
    status: 431,
    title: 'Request Header Fields Too Large',
    code: 'headers-too-large',
    detail: 'Request Header Fields Too Large',
    // Nginx's own number, which it would answer as 400.
    from: [494],
  },
  {
    status: 500,
    title: 'Internal Server Error',
    code: 'internal-error',
    detail: 'Something went wrong here; the traceId finds it in the logs',
  },
  { status: 501, title: 'Not Implemented', code: 'malformed-request', detail: 'The body has an unknown encoding' },
  {
    status: 502,
    title: 'Bad Gateway',
    code: 'dependency-failed',
    detail: 'Something that this needs did not answer as it should',
    retryAfter: 1,
  },
  { status: 503, title: 'Service Unavailable', code: 'not-ready', detail: 'Not ready', retryAfter: 1 },
  {
    status: 504,
    title: 'Gateway Timeout',
    code: 'dependency-failed',
    detail: 'Something that this needs did not answer as it should',
  },
  {
    status: 505,
    title: 'HTTP Version Not Supported',
    code: 'malformed-request',
    detail: 'The version of HTTP is unknown',
  },
];

/** The security headers of an answer of Nginx itself: those of the services' answers. */
export const gatewayHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
};

/** Over TLS: the browser shall not come back without it. */
export const strictTransport = 'max-age=31536000; includeSubDomains';
