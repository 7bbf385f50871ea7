import { gauge } from '../../../model/index.ts';

/**
 * What Prometheus itself writes, of each target and of each alert.
 * @see https://prometheus.io/docs/concepts/jobs_instances/
 * @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export const prometheus = {
  /** 1 where the last scrape of a target succeeded, 0 where it failed; of what is no target any more there is none. */
  up: gauge({ name: 'up', help: 'Whether a target could be scraped.' }),
  alerts: gauge({
    name: 'ALERTS',
    help: 'Alerts that wait or fire.',
    labels: {
      alertname: 'open',
      alertstate: ['pending', 'firing'],
      severity: ['critical', 'warning', 'none'],
      concern: 'open',
      system: 'open',
      owner: 'open',
    },
  }),
} as const;
