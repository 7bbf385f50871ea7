import type { Problem } from '../model/index.ts';
import { autoscalerChecks } from './rendered/autoscaler-checks.ts';
import { disruptionBudgetCheck } from './rendered/disruption-budget-check.ts';
import { monitorCheck } from './rendered/monitor-check.ts';
import { podChecks } from './rendered/pod-checks.ts';
import { probeCheck } from './rendered/probe-check.ts';
import type { Finding } from './rendered/rendered-check.ts';
import type { RenderedCluster } from './rendered/rendered-cluster.ts';
import { scaledObjectCheck } from './rendered/scaled-object-check.ts';
import { selectorChecks } from './rendered/selector-checks.ts';
import type { KubernetesObject, RenderedChart } from './rendered-chart.ts';

/** The guarantees that no extension breaks unseen. */
const checks = [
  ...podChecks,
  ...autoscalerChecks,
  scaledObjectCheck,
  disruptionBudgetCheck,
  ...selectorChecks,
  probeCheck,
  monitorCheck,
];

/** What exemptions are called, behind `trellis.dev/exempt-`. */
export const renderedCheckNames: readonly string[] = checks.map(({ name }) => name);

const prefix = 'trellis.dev/exempt-';

/**
 * What is wrong with the objects as they are at last, with all that extensions changed and added. An object is exempt from a check by the annotation
 * `trellis.dev/exempt-<check>`, whose value is the reason; one that exempts from nothing is a problem too.
 *
 * @param cluster what the charts make together
 */
export function renderedProblems(charts: readonly RenderedChart[], cluster: RenderedCluster): Problem[] {
  const findings = checks.flatMap(({ name, find }) => find(cluster).map((finding) => ({ ...finding, check: name })));
  const byObject = Map.groupBy(findings, ({ object }) => object);
  return charts.flatMap((chart) =>
    chart.objects.flatMap((object) => {
      const path = `${chart.name}.k8s.yaml ${object.kind} ${object.metadata.name}`;
      return problemsOf(object, path, byObject.get(object) ?? []);
    }),
  );
}

function problemsOf(
  object: KubernetesObject,
  path: string,
  findings: readonly (Finding & { readonly check: string })[],
): Problem[] {
  const exemptions = Object.entries(object.metadata.annotations ?? {})
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, reason]) => ({ key, check: key.slice(prefix.length), reason }));
  const open = findings.filter(({ check }) => !exemptions.some((exemption) => exemption.check === check));
  return [
    ...open.map(({ check, at, got, allowed, fix }) => ({
      path: `${path} ${at}`,
      got,
      allowed,
      fix: `${fix}; or, if it must be, annotate the object with ${prefix}${check}: "<reason>"`,
    })),
    ...exemptions.flatMap(({ key, check, reason }) => {
      const problem = brokenExemption(check, reason, findings);
      return problem ? [{ path: `${path} metadata.annotations.${key}`, ...problem }] : [];
    }),
  ];
}

function brokenExemption(
  check: string,
  reason: string,
  findings: readonly { readonly check: string }[],
): Omit<Problem, 'path'> | undefined {
  if (!renderedCheckNames.includes(check)) {
    const allowed = renderedCheckNames.map((name) => `${prefix}${name}`).join(', ');
    return { got: check, allowed, fix: 'correct the name, or delete it' };
  }
  if (!/\S/.test(reason)) return { got: reason, allowed: 'a reason', fix: 'write why the object must be so' };
  if (findings.some((finding) => finding.check === check)) return undefined;
  return {
    got: reason,
    allowed: 'an exemption from what the object does',
    fix: 'delete it: the object needs it no more',
  };
}
