import type { Environment } from '../model/index.ts';
import { stackNames } from './stack-names.ts';

/** Where the cluster's pods reach its Prometheus. */
export function prometheusUrl({ monitoring }: Environment): string {
  const { prometheus, namespace } = stackNames({ monitoring });
  return monitoring.url ?? `http://${prometheus}.${namespace}.svc:9090`;
}
