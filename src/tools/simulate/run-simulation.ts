import { loadSystems } from '../../charts/load-systems.ts';
import { type Placement, place } from '../../charts/placement.ts';
import { idleAfter, isRequestRate } from '../../model/index.ts';
import { findSystem } from '../find-system.ts';
import { CommandError, unknownValue } from '../run-command.ts';
import { alternatives, type Candidate } from './alternatives.ts';
import { assumed, peakOf } from './assumptions.ts';
import { readCompareFile } from './compare-file.ts';
import { cpuTargetText } from './cpu-target-text.ts';
import { simulate } from './engine/simulate.ts';
import { propose } from './propose.ts';
import type { Drawn, ServiceResult, SystemResult } from './service-result.ts';
import { type GivenOptions, type Source, simulateOptions } from './simulate-options.ts';
import type { Surroundings, Trace } from './simulation.ts';
import { simulationPlots } from './simulation-plots.ts';
import { summaryOf } from './summary.ts';
import { profileTrace } from './traces/profile-trace.ts';
import { NoTraffic, prometheusTrace } from './traces/prometheus-trace.ts';
import { readTrace, type TraceFile } from './traces/read-trace.ts';

/** Traffic of a service, and what one has to know of it. */
interface Traffic extends Pick<Drawn, 'trace' | 'recorded'>, Pick<ServiceResult, 'notes'> {}

/** @throws CommandError for what was called in a wrong way, and for a Prometheus that does not answer */
export async function runSimulation(
  name: string,
  options: GivenOptions,
  now: Date,
): Promise<Omit<SystemResult, 'called'>> {
  const { source, given, slo } = simulateOptions(options, now);
  const { system, environment } = await findSystem(name, options.environment);
  const known = system.services.map((service): string => service.name);
  for (const each of options.service)
    if (!known.includes(each)) throw unknownValue('service', each, known, 'name one of these');
  const { systems } = await loadSystems();
  const placed = place(environment, systems).filter((each) => each.system === system);
  const file = source.kind === 'file' ? await readTrace(source.path) : undefined;
  const compared = options.compare === undefined ? undefined : await readCompareFile(options.compare);
  const services: ServiceResult[] = [];
  const leftOut: { service: string; why: NoTraffic }[] = [];
  for (const placement of chosen(placed, options.service, name, file)) {
    const { service, scaling } = placement;
    const { surroundings, assumptions } = assumed({ scaling, resources: service.resources, given });
    const traffic = await trafficOf({ source, file, placement, surroundings }).catch((error: unknown) => {
      // Who names a service wants that one.
      if (!(error instanceof NoTraffic) || options.service.length > 0) throw error;
      return error;
    });
    if (traffic instanceof NoTraffic) {
      leftOut.push({ service: service.name, why: traffic });
      continue;
    }
    const { trace, notes, recorded = [] } = traffic;
    const candidates = [{ name: 'declared', scaling }, ...(compared ?? alternatives(scaling, surroundings))];
    const proposal = slo === undefined ? undefined : propose({ trace, declared: scaling, surroundings, slo });
    const outcomes = [
      ...candidates.map((each) => outcomeOf(each, trace, surroundings)),
      ...(proposal?.found ? [{ name: 'proposed', ...proposal.found }] : []),
    ];
    services.push({
      service: service.name,
      ...{ trace, surroundings, assumptions },
      outcomes: outcomes.map(({ simulation, ...each }) => ({ ...each, events: simulation.events })),
      plots: simulationPlots({ trace, surroundings, outcomes, recorded }),
      ...(proposal?.found && { proposed: proposal.found.text }),
      notes: [...notes, ...notesOn(candidates, surroundings), ...(proposal?.notes ?? [])],
    });
  }
  const [first, ...others] = services;
  if (!first) throw leftOut[0]?.why ?? new Error(`nothing of ${name} was simulated`);
  const missing = leftOut.map(({ service }) => `${service} is left out: its Prometheus knows nothing of it.`);
  return {
    ...{ system: name, environment: environment.name },
    services: [{ ...first, notes: [...first.notes, ...missing] }, ...others],
  };
}

/** Those that were named, or all that scale and of which there is traffic. @throws CommandError where there is none */
function chosen(
  placed: readonly Placement[],
  named: readonly string[],
  system: string,
  file: TraceFile | undefined,
): readonly Placement[] {
  const recorded = file?.kind === 'report' ? file : undefined;
  if (recorded && recorded.system !== system)
    throw new CommandError(
      `--trace: got a load test of ${recorded.system}; allowed: one of ${system}; fix: name ${recorded.system} as the system, or another file`,
      2,
    );
  const withTraffic = recorded ? [...recorded.services.keys()] : placed.map(({ service }): string => service.name);
  for (const each of named)
    if (!withTraffic.includes(each))
      throw new CommandError(
        `--service: got ${each}, to which the load test sent nothing; allowed: ${withTraffic.join(' | ')}; fix: name one of these`,
        2,
      );
  const found =
    named.length > 0
      ? placed.filter(({ service }) => named.includes(service.name))
      : placed.filter(({ service, scaling }) => scaling.kind !== 'fixed' && withTraffic.includes(service.name));
  if (found.length > 0) return found;
  throw new CommandError(
    `system: got ${system}, of which no service scales; allowed: one that does; fix: name a service by --service`,
    2,
  );
}

interface TrafficOfProps {
  readonly source: Source;
  readonly file: TraceFile | undefined;
  readonly placement: Placement;
  readonly surroundings: Surroundings;
}

async function trafficOf({ source, file, placement, surroundings }: TrafficOfProps): Promise<Traffic> {
  const { service, system, scaling } = placement;
  if (source.kind === 'profile') {
    const { profile, peak = peakOf(scaling, surroundings) } = source;
    return { trace: profileTrace(profile, { peak, isIdle: idleAfter(scaling) !== undefined }), notes: [] };
  }
  if (source.kind === 'prometheus') {
    const { url, from, to } = source;
    const namespace = system.name;
    const asked = { url, from, to, namespace, service: service.name, scaling };
    const { trace, unknown } = await prometheusTrace(asked);
    const part = `${Number((unknown * 100).toPrecision(2))} %`;
    return {
      trace,
      notes: unknown > 0 ? [`Of ${part} of the time its Prometheus knows nothing: taken for no request.`] : [],
    };
  }
  const recorded = file?.kind === 'report' ? file.services.get(service.name) : undefined;
  if (recorded) return { trace: recorded.trace, recorded: recorded.pods, notes: [] };
  if (file?.kind === 'csv') return { trace: file.trace, notes: [] };
  throw new Error(`no traffic of ${service.name}`);
}

function outcomeOf(candidate: Candidate, trace: Trace, surroundings: Surroundings) {
  const simulation = simulate(trace, candidate.scaling, surroundings);
  return { ...candidate, simulation, summary: summaryOf(simulation, surroundings) };
}

/** What of a scaling is left out, and what it comes to. */
function notesOn(candidates: readonly Candidate[], surroundings: Surroundings): string[] {
  return candidates.flatMap(({ name, scaling }) => [
    ...(idleAfter(scaling) === undefined
      ? []
      : [
          `${name}: requests that come while it has no pod count as over capacity; in a cluster whoever asks waits for its start.`,
        ]),
    ...(scaling.kind === 'cpu' ? [`${name}: ${cpuTargetText(scaling, surroundings)}`] : []),
    ...(scaling.kind === 'cpu' && scaling.memory !== undefined
      ? [`${name}: scaling by memory is not simulated, only that by CPU.`]
      : []),
    ...('metric' in scaling && !isRequestRate(scaling.metric)
      ? [`${name}: scales by ${scaling.metric.metric.name}; the traffic is taken for that.`]
      : []),
  ]);
}
