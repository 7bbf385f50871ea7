import { z } from 'zod';
import { form, hidden, type Rule, rule } from './declaration-error.ts';

/**
 * A name that may stand in a host name, so also as the name of a Service, a namespace and a label's value.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export const dnsLabel = form(
  /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'a DNS label: 1 to 63 of a-z, 0-9 and -, a letter first, no - at the end',
  'use lower-case letters, digits and single dashes',
);

/** One or more DNS labels, joined by dots, such as `shop.example.com`. */
export const dnsName = form(
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
  'a DNS name in lower case, such as shop.example.com',
  'write the host name alone: no scheme, port or path',
);

/**
 * The name of an object that need not be part of a host name, such as a Secret.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const objectName = form(
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  'the name of an object: 1 to 253 of a-z, 0-9, - and ., a letter or digit around each dot and at both ends',
  'write it as kubectl get shows it',
);

/** A key in a Secret. */
export const secretKey = form(
  /^[-._a-zA-Z0-9]{1,253}$/,
  'a key of the Secret: 1 to 253 letters, digits and -._',
  'write it as it stands in the Secret',
);

/**
 * The key of a label or an annotation, such as `app.kubernetes.io/name`.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const labelKey = form(
  /^((?=[^/]{1,253}\/)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/,
  'a key such as app.kubernetes.io/name: a DNS name and / or neither, then 1 to 63 letters, digits and _.-, a letter or digit at both ends',
  'write it as kubectl get --show-labels shows it',
);

/** The value of a label. */
export const labelValue = form(
  /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
  'up to 63 letters, digits and _.-, a letter or digit at both ends',
  'write it as kubectl get --show-labels shows it',
);

/** The name of an environment variable. */
export const variableName = form(
  /^[A-Z][A-Z0-9_]*$/,
  'A-Z, 0-9 and _, a letter first',
  'write it in upper case, such as PAGE_SIZE',
);

/**
 * A metric's or label's name.
 * @see https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 */
export const metricName = form(/^[a-z][a-z0-9_]*$/, 'a-z, 0-9 and _, a letter first', 'write it in snake case');

const urlRule: Rule = { allowed: 'an http or https URL', fix: 'write it whole, such as https://host:8080/path' };
const plainUrlRule: Rule = {
  allowed: 'an http or https URL without user, password, query and fragment',
  fix: 'delete them: a path is added to the URL, and what is secret belongs into a secret()',
};

/** What is wrong with a text as the place where something answers over HTTP. It goes into manifests, so it carries nothing that may be secret. */
export function urlMistake(given: string): Rule | undefined {
  const url = URL.parse(given);
  if (/\s/.test(given) || (url?.protocol !== 'http:' && url?.protocol !== 'https:')) return urlRule;
  return url.username || url.password || /[?#]/.test(given) ? plainUrlRule : undefined;
}

/** A URL as a message may show it: of one that may carry something secret, only its scheme and host. */
export function shownUrl(given: string): string {
  if (!/[@?#]/.test(given)) return given;
  const url = URL.parse(given);
  return url?.host ? `${url.protocol}//${url.host}/${hidden}` : hidden;
}

/** Where something answers over HTTP. */
export const httpUrl = z.string({ error: rule(urlRule.allowed, urlRule.fix) }).superRefine((given, context) => {
  const mistake = urlMistake(given);
  if (mistake) context.addIssue({ code: 'custom', params: mistake, input: shownUrl(given) });
});

/** `bird-image` as the stem of an environment variable: `BIRD_IMAGE`. */
export function upperSnake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}
