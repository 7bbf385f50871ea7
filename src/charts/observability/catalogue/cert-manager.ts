import { gauge } from '../../../model/index.ts';

/** `name` and `namespace` are those of the Certificate where the scrape honours the labels of what it reads. */
const certificate = { name: 'open', issuer_name: 'open', issuer_kind: 'open', issuer_group: 'open' } as const;

/**
 * What cert-manager says of its Certificates, each called as it is without `certmanager_`.
 * @see https://cert-manager.io/docs/devops-tips/prometheus-metrics/
 */
export const certManager = {
  certificateExpirationTimestampSeconds: gauge({
    name: 'certmanager_certificate_expiration_timestamp_seconds',
    help: 'When a certificate ends, in seconds since 1970.',
    labels: certificate,
  }),
} as const;
