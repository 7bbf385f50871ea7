import { clientWaiting } from '../../../../model/index.ts';
import {
  attemptsPercentOrNone,
  attemptsPerSecond,
  attemptsWithin,
  type EdgesOf,
  notAnswered,
  notWell,
} from '../../measures/edges.ts';
import { max, rateInterval, series } from '../../promql/index.ts';
import type { Panel } from '../panel.ts';

/** What a service calls, and who calls it: each edge as its caller sees it. */
export const edgePanels = {
  calls: (of: EdgesOf): Panel => ({
    name: 'calls',
    title: 'Calls of others',
    description: 'Attempts to call each service and each API outside, per second, those that are tried again included.',
    unit: 'reqps',
    look: 'lines',
    width: 8,
    queries: [{ show: attemptsPerSecond(of, rateInterval, ['peer']), as: '{{peer}}' }],
  }),
  notAnswered: (of: EdgesOf): Panel => ({
    name: 'calls-not-answered',
    title: 'Calls of services that end without an answer',
    description:
      'Of the attempts to call each service those that end in a time-out, without a connection or with what is no answer. An answer that says no is one.',
    unit: 'percent',
    look: 'lines',
    width: 8,
    queries: [{ show: attemptsPercentOrNone(of, notAnswered, rateInterval), as: '{{peer}}' }],
  }),
  outsideFailing: (of: EdgesOf): Panel => ({
    name: 'outside-failing',
    title: 'Calls of APIs outside that fail',
    description:
      'Of the attempts to call each API outside the cluster those that end in anything but a good answer. What the service has in its place is what users get.',
    unit: 'percent',
    look: 'lines',
    width: 8,
    queries: [{ show: attemptsPercentOrNone(of, notWell, rateInterval), as: '{{peer}}' }],
  }),
  latency: (of: EdgesOf): Panel => ({
    name: 'call-latency',
    title: 'Latency of calls',
    description:
      'In how long 95 % of the attempts to call each are over, as the service itself sees it: with the network, and the wait for a connection.',
    unit: 's',
    look: 'lines',
    width: 8,
    queries: [{ show: attemptsWithin(0.95, of, rateInterval), as: '{{peer}}' }],
  }),
  callers: (of: EdgesOf): Panel => ({
    name: 'callers',
    title: 'Called by',
    description:
      'Who in the system calls it, in attempts per second, and how these end: what of its traffic is not from users.',
    unit: 'reqps',
    look: 'areas',
    width: 8,
    queries: [{ show: attemptsPerSecond(of, rateInterval, ['service', 'outcome']), as: '{{service}} {{outcome}}' }],
  }),
  /** @param of who may have no pods */
  waiting: ({ namespace, peer }: { readonly namespace: string; readonly peer: string }): Panel => ({
    name: `waiting-${peer}`,
    title: `Requests that wait until ${peer} is awake`,
    description: `Requests that wait because ${peer} has no Ready pod, by who waits.`,
    unit: 'none',
    look: 'areas',
    width: 8,
    queries: [{ show: max(series(clientWaiting, { namespace, peer }), ['service']), as: '{{service}}' }],
  }),
};
