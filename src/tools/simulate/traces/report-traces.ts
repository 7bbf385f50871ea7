import { z } from 'zod';
import { type LoadReport, loadReport } from '../../loadtest/load-report.ts';
import { CommandError } from '../../run-command.ts';
import type { Trace } from '../simulation.ts';

/** What a load test recorded of a service. */
export interface Recorded {
  readonly trace: Trace;
  /** Its pods over time, seconds since the start of the trace. None where they were not followed. */
  readonly pods: readonly { readonly at: number; readonly ready: number; readonly wanted: number }[];
}

/** What a load test recorded, by service. */
export interface RecordedTraces {
  readonly system: string;
  readonly services: ReadonlyMap<string, Recorded>;
}

/**
 * Reads what each service was asked in a load test.
 *
 * @param name of the file, for messages
 * @throws CommandError where it is no report, or one without requests
 */
export function reportTraces(name: string, text: string): RecordedTraces {
  const report = parsed(name, text);
  const asked = new Set(
    report.samples.flatMap(({ services }) => Object.keys(services).filter((each) => (services[each]?.asked ?? 0) > 0)),
  );
  if (asked.size === 0)
    throw new CommandError(
      `${name}: got a load test that sent nothing; allowed: one with requests in its samples; fix: name another`,
      2,
    );
  return {
    system: report.system,
    services: new Map([...asked].map((service) => [service, recorded(name, report, service)])),
  };
}

function recorded(name: string, { startedAt, samples, pods }: LoadReport, service: string): Recorded {
  const covered = samples.filter(({ seconds }) => seconds > 0);
  const points = covered.map(({ at, seconds, services }) => ({
    at: Math.max(0, at - seconds),
    perSecond: (services[service]?.asked ?? 0) / seconds,
  }));
  const start = points[0]?.at ?? 0;
  const end = covered.at(-1)?.at ?? 0;
  return {
    trace: {
      name,
      startsAt: new Date(Date.parse(startedAt) + start * 1_000),
      points: [...points, { at: end, perSecond: 0 }].map(({ at, perSecond }) => ({ at: at - start, perSecond })),
    },
    pods: pods.flatMap(({ at, services }) => {
      const seen = services[service];
      return seen && at >= start && at <= end ? [{ at: at - start, ready: seen.ready, wanted: seen.wanted }] : [];
    }),
  };
}

function parsed(name: string, text: string): LoadReport {
  const fix = 'name the report.json of npm run loadtest';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    throw new CommandError(
      `${name}: got JSON that is broken (${message}); allowed: the report of a load test; fix: ${fix}`,
      2,
    );
  }
  const { success, data, error } = loadReport.safeParse(value);
  if (success) return data;
  const [first] = error.issues;
  const path = first ? z.core.toDotPath(first.path) : '';
  throw new CommandError(
    `${name}: got other JSON (${path === '' ? '' : `${path}: `}${first?.message}); allowed: the report of a load test; fix: ${fix}`,
    2,
  );
}
