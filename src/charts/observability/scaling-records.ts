import { requestRate, type Scaling, scrapeSeconds } from '../../model/index.ts';
import { demandQuery } from './demand-query.ts';
import type { RecordingRule } from './recording-rule.ts';

/** The demand on a service, in what its scaling is by: what KEDA is told too. None while nobody can tell it. */
export const scalingDemand = { record: 'service:scaling_demand:current', by: ['namespace', 'service'] } as const;

/** @see scalingRecords */
export interface ScalingRecordsProps {
  readonly namespace: string;
  readonly service: string;
  readonly scaling: Scaling;
  /** Who says how many requests wait for it, where it may have no pods. */
  readonly wokenBy: readonly string[];
}

/** The demand on a service as a series: so that pods can be compared with what its scaling says of it, also where the autoscaler itself has stopped. */
export function scalingRecords({ namespace, service, scaling, wokenBy }: ScalingRecordsProps): RecordingRule[] {
  if (!isByDemand(scaling)) return [];
  const measure = scaling.kind === 'requests' ? requestRate : scaling.metric;
  const { window } = scaling;
  const expr = demandQuery({ namespace, service, measure, window, scraped: scrapeSeconds(scaling), wokenBy });
  return [{ record: scalingDemand.record, expr, labels: { namespace, service } }];
}

/** Whether a service has pods by what is asked of it. */
export function isByDemand(scaling: Scaling): scaling is Extract<Scaling, { window: unknown }> {
  return 'window' in scaling;
}
