import {
  answeredWithin,
  failureShare,
  failuresPerSecond,
  type RequestsOf,
  requestsPerSecond,
} from '../../measures/requests.ts';
import { rateInterval } from '../../promql/index.ts';
import type { Panel } from '../panel.ts';

/** The shares of requests of which is said how long they take. */
const quantiles = [0.5, 0.95, 0.99] as const;

/** Each of one service, or of a whole system. @param of whose requests */
export const requestsPanels = {
  now: (of: RequestsOf): Panel => ({
    name: 'requests-now',
    title: 'Requests',
    description: 'Requests answered per second, as it is now and was before.',
    unit: 'reqps',
    look: 'numbers',
    queries: [{ show: requestsPerSecond(of, rateInterval), as: 'requests' }],
  }),
  failureShareNow: (of: RequestsOf): Panel => ({
    name: 'failure-share-now',
    title: 'Failed',
    description: 'The part of the requests that is answered with 5xx now.',
    unit: 'percentunit',
    look: 'numbers',
    queries: [{ show: failureShare(of, rateInterval), as: 'failed' }],
    steps: [
      { from: 0.001, color: 'yellow' },
      { from: 0.01, color: 'red' },
    ],
  }),
  /** @param share of the requests */
  latencyNow: (of: RequestsOf, share = 0.95): Panel => ({
    name: 'latency-now',
    title: `${share * 100} % within`,
    description: `In how long ${share * 100} % of the requests are answered now. Nothing where there are none.`,
    unit: 's',
    look: 'numbers',
    queries: [{ show: answeredWithin(share, of, rateInterval), as: 'latency' }],
  }),
  requests: (of: RequestsOf): Panel => ({
    name: 'requests',
    title: 'Requests per second',
    description:
      'All that were answered, whatever with. Past the line there are nearly more than pods can be added for.',
    unit: 'reqps',
    look: 'lines',
    queries: [{ show: requestsPerSecond(of, rateInterval), as: 'all' }],
  }),
  failures: (of: RequestsOf): Panel => ({
    name: 'failures',
    title: 'Failed requests',
    description: 'The part of the requests that is answered with 5xx: what burns the budget of errors.',
    unit: 'percentunit',
    look: 'lines',
    queries: [{ show: failureShare(of, rateInterval), as: 'failed' }],
  }),
  /** @param promised seconds in which answers are promised. @default - nothing is */
  latency: (of: RequestsOf, promised?: number): Panel => ({
    name: 'latency',
    ...(promised !== undefined && { steps: [{ from: promised, color: 'orange' }] }),
    title: 'Latency',
    description:
      'In how long shares of the requests are answered, from the first byte asked to the last answered. A point is a request that was traced: it opens its trace.',
    unit: 's',
    look: 'lines',
    queries: [
      { show: answeredWithin(quantiles[0], of, rateInterval), as: '50 %' },
      { show: answeredWithin(quantiles[1], of, rateInterval), as: '95 %', exemplars: true },
      { show: answeredWithin(quantiles[2], of, rateInterval), as: '99 %' },
    ],
  }),
  byStatus: (of: RequestsOf): Panel => ({
    name: 'statuses',
    title: 'Answers by status',
    description: 'What was answered, per second. 429 and 503 are requests that were turned away.',
    unit: 'reqps',
    look: 'areas',
    queries: [{ show: requestsPerSecond(of, rateInterval, ['status']), as: '{{status}}' }],
  }),
  byRoute: (of: RequestsOf): Panel => ({
    name: 'routes',
    title: 'Requests by route',
    description: 'What is asked for, per second: the template of the path, never the path itself.',
    unit: 'reqps',
    look: 'areas',
    queries: [{ show: requestsPerSecond(of, rateInterval, ['method', 'route']), as: '{{method}} {{route}}' }],
  }),
  failuresByRoute: (of: RequestsOf): Panel => ({
    name: 'route-failures',
    title: 'Failed requests by route',
    description: 'Which of the routes answer with 5xx, per second.',
    unit: 'reqps',
    look: 'areas',
    queries: [{ show: failuresPerSecond(of, rateInterval, ['method', 'route']), as: '{{method}} {{route}}' }],
  }),
  latencyByRoute: (of: RequestsOf): Panel => ({
    name: 'route-latency',
    title: 'Latency by route',
    description: 'In how long 95 % of the requests of each route are answered: which of them is slow.',
    unit: 's',
    look: 'lines',
    queries: [
      {
        show: answeredWithin(0.95, of, rateInterval, ['method', 'route']),
        as: '{{method}} {{route}}',
        exemplars: true,
      },
    ],
  }),
  byService: (of: RequestsOf): Panel => ({
    name: 'service-requests',
    title: 'Requests by service',
    description: 'Requests answered per second by each service, those of other services included.',
    unit: 'reqps',
    look: 'lines',
    queries: [{ show: requestsPerSecond(of, rateInterval, ['service']), as: '{{service}}' }],
  }),
  failuresByService: (of: RequestsOf): Panel => ({
    name: 'service-failures',
    title: 'Failed requests by service',
    description:
      'The part of the requests of each service that is answered with 5xx. The lowest in the chain of calls is the one to look at first.',
    unit: 'percentunit',
    look: 'lines',
    queries: [{ show: failureShare(of, rateInterval, ['service']), as: '{{service}}' }],
  }),
  latencyByService: (of: RequestsOf): Panel => ({
    name: 'service-latency',
    title: 'Latency by service',
    description: 'In how long 95 % of the requests of each service are answered. A point is a request that was traced.',
    unit: 's',
    look: 'lines',
    queries: [{ show: answeredWithin(0.95, of, rateInterval, ['service']), as: '{{service}}', exemplars: true }],
  }),
};
