import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Construct } from 'constructs';
import { scrapeSeconds } from '../../model/index.ts';
import { selector, serviceLabels } from '../identity.ts';
import { waitingScraped } from '../observability/waiting-demand.ts';
import type { Placement } from '../placement.ts';
import { customResource } from './kube-object.ts';
import { metadataForPrometheus } from './metadata-for-prometheus.ts';
import { portNames } from './workload.ts';

/** What makes Prometheus scrape a service's pods. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, placement: Placement) {
    super(scope, id);
    const { service, system, environment, scaling, waits } = placement;
    const interval = Math.min(scrapeSeconds(scaling), waits ? waitingScraped : Number.POSITIVE_INFINITY);
    const metadata = { name: service.name, namespace: system.name, labels: serviceLabels(placement) };
    customResource(
      this,
      'service-monitor',
      new ServiceMonitor({
        metadata: metadataForPrometheus(metadata, environment),
        spec: {
          jobLabel: 'app.kubernetes.io/name',
          selector: { matchLabels: selector(service.name) },
          endpoints: [
            {
              port: portNames.metrics,
              path: '/metrics',
              interval: `${interval}s`,
              scrapeTimeout: `${Math.min(10, interval)}s`,
              // The target's own label `service` is the Service's name, which is the service's: the copy that Prometheus would keep says nothing more.
              metricRelabelings: [{ action: 'labeldrop', regex: 'exported_service' }],
            },
          ],
        },
      }),
    );
  }
}
