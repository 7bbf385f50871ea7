import { usualTraffic } from '../../src/charts/observability/alerts/traffic-alerts.ts';
import { httpRequests, type Scaling } from '../../src/model/index.ts';
import { type ProofOf, rising, scraped, seenOver } from './proof.ts';

const highTraffic: ProofOf<number | undefined> = ({ labels: { namespace = '', service = '' }, threshold, scaling }) => {
  const limit = threshold ?? usualTraffic(scaling as Scaling) ?? 0;
  const asked = (share: number, pod: string, status = '200', more?: string) =>
    scraped(
      httpRequests.name,
      { namespace, service, pod, method: 'GET', route: '/a', status },
      more ?? rising(limit * share * 60, 60),
    );
  return {
    fires: [
      { what: 'one pod', series: [asked(1.1, 'a')], since: seenOver(5) },
      {
        what: 'of several pods together',
        series: [asked(0.5, 'a'), asked(0.4, 'b'), asked(0.2, 'b', '503')],
        since: seenOver(5),
      },
    ],
    silent: [
      { what: 'a little less', series: [asked(0.5, 'a'), asked(0.4, 'b')], until: 60 },
      {
        what: 'a minute of ten times as much',
        series: [asked(1, 'a', '200', `1000 ${1000 + limit * 550}x60`)],
        until: 60,
      },
      {
        what: 'of another service',
        series: [{ ...asked(9, 'a'), series: asked(9, 'a').series.replace(service, 'other') }],
        until: 60,
      },
    ],
  };
};

export const trafficProofs = { HighTraffic: highTraffic };
