import { type Lifecycle, type Service, type Sleeper, toMilliseconds } from '../../model/index.ts';

/** How a gateway ends, in milliseconds: the longest of the services behind it. */
export interface GatewayEnd {
  /** How long it goes on taking requests once it must end. */
  readonly delay: number;
  /** How long requests under way may go on after that. */
  readonly drain: number;
}

/**
 * @param services those behind the gateway
 * @param sleepers those of them whose requests may have to wait for their start besides
 */
export function gatewayEnd(services: readonly Service[], sleepers: readonly Sleeper[] = []): GatewayEnd {
  const delays = services.map(({ lifecycle }) => toMilliseconds(lifecycle.drainDelay));
  const drains = services.map(({ name, lifecycle }) => {
    const coldStart = sleepers.find((each) => each.name === name)?.coldStart ?? '0s';
    return toMilliseconds(lifecycle.drain) + toMilliseconds(coldStart);
  });
  return { delay: Math.max(...delays), drain: Math.max(...drains) };
}

/** How long Kubernetes waits before it kills a pod of the gateway, in whole seconds: both parts of its end, and some for the rest. */
export function gatewayGraceSeconds({ delay, drain }: GatewayEnd): number {
  return Math.ceil((delay + drain) / 1_000) + 5;
}

/**
 * How long a gateway keeps an idle connection to a service, in milliseconds; 0 where it must keep none.
 *
 * Shorter than `drainDelay`: a pod that ends closes each connection with the answer that it carries, and after `drainDelay` its port. What was idle when that began
 * is gone by then, so no request is ever sent into a connection that the pod is closing, which could not be sent again if it is a POST. Shorter than `keepAlive`, at which the
 * service closes it, for the same reason.
 */
export function idleUpstream({ drainDelay, keepAlive }: Lifecycle): number {
  const least = Math.min(toMilliseconds(drainDelay), toMilliseconds(keepAlive));
  return least > 2_000 ? least - 1_000 : Math.floor(least / 2);
}

/**
 * How long a gateway waits for a service, in milliseconds: a little longer than that lets a request take, so that the service's own answer comes before the gateway's.
 *
 * @param isUpload whether its body is a file, which may take as long as a request may before the handler has that time again
 */
export function answerWithin({ request }: Lifecycle, isUpload: boolean): number {
  return toMilliseconds(request) * (isUpload ? 2 : 1) + 1_000;
}
