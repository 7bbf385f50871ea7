import type { AlertRule } from '../charts/observability/alert-rule.ts';
import { runbookFile } from '../charts/observability/alerts/rule-of.ts';
import { renderPlatform } from '../charts/platform.ts';
import type { Environment, System } from '../model/index.ts';

const head = `<!-- Written by \`npm run reference\` from the rendered rules: change the alerts in src/charts/observability/, not this file. -->

# Alerts

Every alert that some environment has, each with one of its expressions as an example. It fires once the expression has been true for so long. Whom it reaches follows from its severity and from \`owner\`, the team of its service.
Thresholds are [data of the service](declarations.md#servicealerts) and, for a system as a whole, [of the environment](declarations.md#environmentalerts).

| alert | severity | concern | for | what it tells | it is about |
| --- | --- | --- | --- | --- | --- |
`;

/** All alerts of all environments, as Markdown. */
export function alertsPage(environments: readonly Environment[], systems: readonly System[]): string {
  const rules = environments.flatMap((environment) =>
    renderPlatform({ environment, systems })
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap((object) => (object as unknown as { spec: { groups: { rules: AlertRule[] }[] } }).spec.groups)
      .flatMap((group) => group.rules)
      .filter((rule) => 'alert' in rule),
  );
  const byName = [...Map.groupBy(rules, ({ alert }) => alert)].sort(([one], [other]) => (one < other ? -1 : 1));
  const rows = byName.map(([name, all]) => {
    const of = (label: string) => distinct(all.map(({ labels }) => labels[label] ?? 'the system')).join(', ');
    const [first] = all as [AlertRule];
    const cells = [
      `[${name}](../runbooks/${runbookFile(name)})`,
      ...[of('severity'), of('concern'), distinct(all.map((rule) => rule.for)).join(', ')],
      ...[first.annotations['description'] ?? '', of('service')],
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const expressions = byName.map(([name, [first]]) => `### ${name}\n\n\`\`\`promql\n${first?.expr}\n\`\`\``);
  return `${head}${rows.join('\n')}\n\n## Expressions\n\n${expressions.join('\n\n')}\n`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
