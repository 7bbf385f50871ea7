import type { z } from 'zod';
import { across, strict } from './declaration-error.ts';
import { type Duration, durationFrom, toSeconds } from './duration.ts';

const shape = strict({
  /** How long a pod may take until it answers; past it, it is started anew. @default '60s' */
  startup: durationFrom('1s', '1h').default('60s'),
  /**
   * How long one request may take: its bytes to come, and then its handler to answer. One whose bytes come too slowly is answered with 408, one whose
   * handler is too slow with 503. @default '15s'
   */
  request: durationFrom('100ms', '10m').default('15s'),
  /**
   * How long a pod that must end goes on taking requests while it says it is not ready: the time that the endpoints of the Service
   * and the routes of the ingress controller need to forget it. @default '5s'
   */
  drainDelay: durationFrom('0s', '5m').default('5s'),
  /** How long requests under way may go on after that. At least `request`. @default '20s' */
  drain: durationFrom('1s', '10m').default('20s'),
  /**
   * How long an idle connection is kept. Longer than the proxies in front keep theirs (Nginx 60 s, Traefik and Envoy 90 s or less), so that none
   * of them sends a request into a connection that is being closed. @default '100s'
   */
  keepAlive: durationFrom('1s', '1h').default('100s'),
});

/**
 * From the start of a pod to its end. One record sets the app's time-outs, the probes and the grace period, so that they cannot
 * contradict each other.
 */
export const lifecycle = across(shape, (declared, add) => {
  if (toSeconds(declared.drain) < toSeconds(declared.request)) {
    add(
      ['drain'],
      declared.drain,
      `at least lifecycle.request, which is ${declared.request}`,
      'raise drain or lower request: a request under way at the end of a pod would be cut',
    );
  }
});

export type Lifecycle = z.output<typeof lifecycle>;

/** What is left for closing stores and writing the last log lines, after the last request. */
const closing: Duration = '5s';

/** How long Kubernetes waits before it kills a pod, in whole seconds: the sum of what the pod does in that time. */
export function gracePeriodSeconds(declared: Lifecycle): number {
  return Math.ceil(toSeconds(declared.drainDelay) + toSeconds(declared.drain) + toSeconds(closing));
}
