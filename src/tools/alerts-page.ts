import type { AlertRule } from '../charts/observability/alert-rule.ts';
import { runbookFile } from '../charts/observability/alerts/rule-of.ts';
import { renderPlatform } from '../charts/platform.ts';
import { type Environment, receiverOf, type System } from '../model/index.ts';

const head = `<!-- Written by \`npm run reference\` from the rendered rules: change the alerts in src/charts/observability/, not this file. -->

# Alerts

Every alert that some environment has, each with one of its expressions as an example. It fires once the expression has been true for so long.
Who is told are receivers of [each environment](../guide/alert-routing.md); nobody in one that names none.
Thresholds are [data of the service](declarations.md#servicealerts) and, for a system as a whole, [of the environment](declarations.md#environmentalerts).

| alert | severity | concern | for | what it tells | it is about | who is told |
| --- | --- | --- | --- | --- | --- | --- |
`;

/** All alerts of all environments, as Markdown. */
export function alertsPage(environments: readonly Environment[], systems: readonly System[]): string {
  const rules = environments.flatMap((environment) =>
    renderPlatform({ environment, systems })
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap((object) => (object as unknown as { spec: { groups: { rules: AlertRule[] }[] } }).spec.groups)
      .flatMap((group) => group.rules)
      .filter((rule) => 'alert' in rule)
      .map((rule) => ({ ...rule, told: toldOf(environment, rule) })),
  );
  const byName = [...Map.groupBy(rules, ({ alert }) => alert)].sort(([one], [other]) => (one < other ? -1 : 1));
  const rows = byName.map(([name, all]) => {
    const of = (label: string) => distinct(all.map(({ labels }) => labels[label] ?? 'the system')).join(', ');
    const description = all[0]?.annotations['description'] ?? '';
    const told = distinct(all.flatMap((rule) => rule.told ?? [])).join(', ');
    const cells = [
      `[${name}](../runbooks/${runbookFile(name)})`,
      ...[of('severity'), of('concern'), distinct(all.map((rule) => rule.for)).join(', ')],
      ...[description, of('service'), told],
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const expressions = byName.map(([name, [first]]) => `### ${name}\n\n\`\`\`promql\n${first?.expr}\n\`\`\``);
  return `${head}${rows.join('\n')}\n\n## Expressions\n\n${expressions.join('\n\n')}\n`;
}

/** The receiver of an alert in an environment, as `production: on-call`. */
function toldOf({ name, alerting }: Environment, { labels: { severity, owner } }: AlertRule): string | undefined {
  if (!alerting) return undefined;
  if (severity === 'critical' || severity === 'warning') return `${name}: ${receiverOf(alerting, severity, owner)}`;
  return alerting.heartbeat && `${name}: its heartbeat`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
