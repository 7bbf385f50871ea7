import { exposedRoutes, fileOptions, type NginxGateway, quantityValue, type Service } from '../../model/index.ts';

/** What of a body a gateway keeps in memory, in bytes; a larger one stands on its disk until it is there as a whole. */
export const bodyBuffer = 64 * 1_024;

/** How many clients at least share the disk of a gateway's pod. */
export const leastSpoolers = 4;

/** How many bodies may stand on the disk of a gateway's pod, which it shares with its log. */
export interface SpooledBodies {
  /** The largest one, in bytes. */
  readonly largest: number;
  /** How many there may be at once. */
  readonly atOnce: number;
  /** How many of them may be of one client. */
  readonly ofOneClient: number;
}

/**
 * The bodies that fit on half of the disk, of which one client gets a part alone: they are kept before anybody knows who sends them.
 *
 * @param services those behind the gateway
 * @returns nothing if no body is larger than the buffer; files are passed on as they come
 */
export function spooledBodies({ resources }: NginxGateway, services: readonly Service[]): SpooledBodies | undefined {
  const limits = services
    .filter(({ contract }) => exposedRoutes(contract).some(({ body }) => body && !fileOptions(body)))
    .map(({ bodyLimit }) => quantityValue(bodyLimit));
  const largest = Math.max(0, ...limits);
  if (largest <= bodyBuffer) return undefined;
  const atOnce = Math.floor(quantityValue(resources.ephemeralStorage) / 2 / largest);
  return { largest, atOnce, ofOneClient: Math.floor(atOnce / leastSpoolers) };
}
