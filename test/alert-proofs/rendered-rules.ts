import type { AlertRule } from '../../src/charts/observability/alert-rule.ts';
import { prometheus } from '../../src/charts/observability/catalogue/index.ts';
import { group, highest, series, type Vector } from '../../src/charts/observability/promql/index.ts';
import type { RecordingRule } from '../../src/charts/observability/recording-rule.ts';
import { place } from '../../src/charts/placement.ts';
import {
  type Duration,
  type Environment,
  type System,
  systemThresholdsOf,
  toSeconds,
  usualThresholds,
} from '../../src/model/index.ts';
import { objectsOf } from '../objects.ts';
import { proofs } from './index.ts';
import type { Proof, ProvedRule } from './proof.ts';

/** An alert as an environment has it. */
export interface RenderedRule {
  /** The same for all that are the same but for their texts, and for the names of what they are about. */
  readonly id: string;
  readonly rule: AlertRule;
  /** The recording rules of its object that it looks at, and those that these look at, in their order. */
  readonly records: readonly RecordingRule[];
  readonly proved: ProvedRule<unknown>;
}

/** Every alert of an environment. */
export function renderedRules(environment: Environment, systems: readonly System[]): RenderedRule[] {
  const placements = place(environment, systems);
  const objects = objectsOf({ environment, systems }).filter(({ kind }) => kind === 'PrometheusRule');
  return objects.flatMap(({ spec }) => {
    const all: AlertRule[] = spec.groups.flatMap((each: { rules: object[] }) => each.rules);
    const records = (all as readonly object[]).filter((each): each is RecordingRule => 'record' in each);
    return all
      .filter((rule) => 'alert' in rule)
      .map((rule) => {
        const { alert, labels } = rule;
        const placement = placements.find(
          ({ system, service }) => system.name === labels['system'] && service.name === labels['service'],
        );
        const key = `${alert[0]?.toLowerCase()}${alert.slice(1)}`;
        const thresholds: Readonly<Record<string, unknown>> = {
          ...usualThresholds,
          ...systemThresholdsOf(environment.alerts),
          ...placement?.thresholds,
        };
        return {
          id: idOf(rule),
          rule,
          records: readBy(rule.expr, records),
          proved: {
            alert,
            labels,
            threshold: thresholds[key],
            environment,
            ...(placement && { service: placement.service, scaling: placement.scaling }),
          },
        };
      });
  });
}

/** Those of the recording rules that an expression reads, by themselves or by another. Each that it does not would take as long as one that it does. */
function readBy(expr: string, records: readonly RecordingRule[]): RecordingRule[] {
  const reads = (by: string) =>
    records.filter(
      ({ record, labels }) =>
        by.includes(`${record}{`) &&
        Object.entries(labels).every(([label, value]) => by.includes(`${label}=${JSON.stringify(value)}`)),
    );
  const read = new Set<RecordingRule>();
  const add = (by: string) => {
    for (const each of reads(by)) {
      if (read.has(each)) continue;
      read.add(each);
      add(each.expr);
    }
  };
  add(expr);
  return records.filter((each) => read.has(each));
}

/** The files by which promtool tries an alert out. @param name what the file with its rule is called */
export function firingTests({ rule, records, proved }: RenderedRule, name: string): { rules: object; tests: object } {
  const proofOf = proofs[proved.alert as keyof typeof proofs] as ((rule: ProvedRule<unknown>) => Proof) | undefined;
  const { fires, silent } = proofOf?.(proved) ?? { fires: [], silent: [] };
  const lasting = toSeconds(rule.for as Duration) / 60;
  const ofIt = { alertname: rule.alert, alertstate: 'firing' } as const;
  const alerts = series(prometheus.alerts, ofIt);
  // What its texts name must be known of each that fires: else they say nothing in its place.
  const isFiring = group(series(prometheus.alerts, { ...ofIt, ...Object.fromEntries(namedIn(rule).map(isThere)) }));
  const quiet = (expr: Vector, minute: number) => ({ expr: expr.text, eval_time: `${minute}m`, exp_samples: [] });
  const firing = (minute: number) => ({ ...quiet(isFiring, minute), exp_samples: [{ labels: '{}', value: 1 }] });
  const named = (what: string) =>
    `${rule.alert} of ${proved.labels['system']}/${proved.labels['service'] ?? ''}: ${what}`;
  return {
    rules: { groups: [{ name: rule.alert, rules: [...records, rule] }] },
    tests: {
      rule_files: [name],
      evaluation_interval: '1m',
      tests: [
        ...fires.map(({ what, series: input_series, since = 0, still, over }) => {
          const at = since + lasting;
          return {
            name: named(what),
            interval: '1m',
            input_series,
            promql_expr_test: [
              ...(at > 0 ? [quiet(group(alerts), at - 1)] : []),
              ...minutes(at, still ?? at).map(firing),
              ...(over === undefined ? [] : [quiet(group(alerts), over)]),
            ],
          };
        }),
        ...silent.map(({ what, series: input_series, until }) => ({
          name: named(what),
          interval: '1m',
          input_series,
          promql_expr_test: [quiet(group(highest(alerts, until * 60)), until)],
        })),
      ],
    },
  };
}

/** The labels that the texts of an alert have filled in. */
function namedIn({ annotations: { summary = '', description = '' } }: AlertRule): string[] {
  return [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
}

function isThere(label: string): [string, { readonly notIn: readonly string[] }] {
  return [label, { notIn: [''] }];
}

function minutes(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function idOf({
  alert,
  expr,
  for: lasting,
  labels: { severity, concern, system, service, namespace, owner, ...others },
}: AlertRule): string {
  const unnamed = [service, system].reduce(
    (text: string, name) => (name === undefined ? text : text.replaceAll(new RegExp(`"${name}(?=[-"])`, 'g'), '"NAME')),
    expr + JSON.stringify(others),
  );
  return JSON.stringify([alert, unnamed, lasting, severity, concern]);
}
