import type { Environment } from '../../../model/index.ts';
import { dashboardUid } from '../../identity.ts';
import type { AlertRule } from '../alert-rule.ts';
import { panelId } from '../dashboards/panel.ts';
import type { Alert } from './alert.ts';

export interface RuleOfProps {
  /** The system that the alert is about: its namespace is called so too. */
  readonly system: string;
  readonly environment: Environment;
}

/**
 * An alert as Prometheus takes it. Each carries the label `namespace`, whatever its expression leaves: an AlertmanagerConfig hears only of what has that of its own. And each
 * carries `system`, by which those of ours are told from those of the cluster's own rules about the same pods.
 */
export function ruleOf(alert: Alert, { system, environment }: RuleOfProps): AlertRule {
  const {
    name,
    severity,
    concern,
    service,
    owner,
    labels = {},
    seen,
    when,
    for: lasting,
    summary,
    description,
  } = alert;
  const { release, prometheus, grafana } = environment.monitoring;
  const dashboards = grafana ?? `http://${release}-grafana.${prometheus.namespace}.svc`;
  return {
    alert: name,
    expr: when.text,
    for: lasting,
    labels: {
      ...labels,
      severity,
      concern,
      system,
      namespace: system,
      ...(service !== undefined && { service }),
      ...(owner !== undefined && { owner }),
    },
    annotations: {
      summary,
      description,
      runbook_url: runbookUrl(name, environment),
      dashboard_url: `${dashboards.replace(/\/$/, '')}/d/${dashboardUid(system, seen.on ?? service)}?viewPanel=${panelId(seen.panel)}`,
    },
  };
}

/** Where stands what to do about an alert: a path in the repository, where the environment does not say where people read it. */
export function runbookUrl(alert: string, { monitoring: { runbooks = runbooksFolder } }: Environment): string {
  return `${runbooks.replace(/\/$/, '')}/${runbookFile(alert)}`;
}

/** The folder of the runbooks in the repository. */
export const runbooksFolder = 'docs/runbooks';

/** The file in which stands what to do about an alert: `high-cpu-usage.md` for `HighCPUUsage`. */
export function runbookFile(alert: string): string {
  const words = alert.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2');
  return `${words.toLowerCase()}.md`;
}
