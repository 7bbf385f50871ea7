import type { Environment } from '../../model/index.ts';
import type { ObjectMetadata } from './object-metadata.ts';

/** The metadata of an object that Prometheus is to pick up: that of a kube-prometheus-stack reads only what carries its release's name. */
export function metadataForPrometheus(metadata: ObjectMetadata, { monitoring }: Environment): ObjectMetadata {
  return { ...metadata, labels: { ...metadata.labels, release: monitoring.release } };
}
