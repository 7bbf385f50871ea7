import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Construct } from 'constructs';
import { selector, serviceLabels } from '../identity.ts';
import type { Placement } from '../placement.ts';
import { customResource } from './kube-object.ts';
import { portNames } from './workload.ts';

/** What makes Prometheus scrape a service's pods. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, placement: Placement) {
    super(scope, id);
    const { service, system, environment } = placement;
    customResource(
      this,
      'service-monitor',
      new ServiceMonitor({
        metadata: {
          name: service.name,
          namespace: system.name,
          // A Prometheus of kube-prometheus-stack reads only what carries its release's name.
          labels: { ...serviceLabels(placement), release: environment.monitoring.release },
        },
        spec: {
          jobLabel: 'app.kubernetes.io/name',
          selector: { matchLabels: selector(service.name) },
          endpoints: [
            {
              port: portNames.metrics,
              path: '/metrics',
              interval: '15s',
              scrapeTimeout: '10s',
              // The target's own label `service` is the Service's name, which is the service's: the copy that Prometheus would keep says nothing more.
              metricRelabelings: [{ action: 'labeldrop', regex: 'exported_service' }],
            },
          ],
        },
      }),
    );
  }
}
