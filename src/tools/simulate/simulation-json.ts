import type { SystemResult } from './service-result.ts';

/** What was simulated, for programs. The moments are left out: of a day there are hundreds of thousands. */
export function simulationJson({ system, environment, called, services }: SystemResult) {
  return {
    version: 1,
    simulated: true,
    ...{ system, environment, called },
    services: services.map(({ service, trace, surroundings, assumptions, outcomes, proposed, notes }) => ({
      service,
      trace: trace.name,
      ...{ surroundings, assumptions, notes },
      ...(proposed !== undefined && { proposed }),
      outcomes: outcomes.map(({ name, scaling, summary, events }) => ({
        name,
        // JSON has no Infinity.
        scaling:
          'table' in scaling
            ? {
                ...scaling,
                table: scaling.table.map(([upTo, pods]) => ({ upTo: Number.isFinite(upTo) ? upTo : null, pods })),
              }
            : scaling,
        summary: {
          ...summary,
          worstSaturation: Number.isFinite(summary.worstSaturation) ? summary.worstSaturation : null,
        },
        events,
      })),
    })),
  };
}
