/** What becomes of the requests of a service for some minutes, as requests each minute. */
export interface TrafficPhase {
  readonly minutes: number;
  /** Answered in time, and well. */
  readonly good?: number;
  /** Answered with 500. */
  readonly failed?: number;
  /** Answered well, and too late. */
  readonly late?: number;
}

/** One request each so many minutes, so many times. */
export function eachMinutes(minutes: number, times: number, request: Omit<TrafficPhase, 'minutes'>): TrafficPhase[] {
  return Array.from({ length: times }).flatMap(() => [{ minutes: minutes - 1 }, { minutes: 1, ...request }]);
}

interface TrafficOptions {
  /** The labels of the service's series. */
  readonly labels: Readonly<Record<string, string>>;
  /** The edge of the histogram that parts late answers from those in time, as `le` has it. @default '0.3' */
  readonly edge?: string;
  /** Whether there is a series of status 500 although none was answered with it. @default true */
  readonly announced?: boolean;
}

/** A series of such a file. */
interface ScrapedSeries {
  readonly series: string;
  readonly values: string;
}

/** The series that a service's only pod exports while it is asked so, each minute, as the files of `promtool test rules` have them. */
export function trafficSeries(phases: readonly TrafficPhase[], options: TrafficOptions): ScrapedSeries[] {
  const { labels, edge = '0.3', announced = true } = options;
  const of = (name: string, more: Readonly<Record<string, string>>, each: (phase: TrafficPhase) => number) => ({
    series: `${name}{${Object.entries({ ...labels, ...more })
      .map(([label, value]) => `${label}="${value}"`)
      .join(',')}}`,
    values: rising(phases.map((phase) => [phase.minutes, each(phase)])),
  });
  const well = ({ good = 0, late = 0 }: TrafficPhase) => good + late;
  const failed = ({ failed: those = 0 }: TrafficPhase) => those;
  const duration = 'http_request_duration_seconds';
  return [
    of('http_requests_total', { status: '200' }, well),
    of(`${duration}_count`, { status: '200' }, well),
    of(`${duration}_bucket`, { status: '200', le: edge }, ({ good = 0 }) => good),
    ...(announced
      ? [
          of('http_requests_total', { status: '500' }, failed),
          of(`${duration}_count`, { status: '500' }, failed),
          of(`${duration}_bucket`, { status: '500', le: edge }, failed),
        ]
      : []),
  ];
}

/** A counter that begins at 0 and rises by so much each minute. */
function rising(phases: readonly (readonly [minutes: number, each: number])[]): string {
  let value = 0;
  return [
    '0',
    ...phases.map(([minutes, each]) => {
      const from = value + each;
      value += minutes * each;
      return `${from}+${each}x${minutes - 1}`;
    }),
  ].join(' ');
}
