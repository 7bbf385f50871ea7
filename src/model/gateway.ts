import { z } from 'zod';
import { oneOfKinds, strict, wholeNumber } from './declaration-error.ts';
import { image } from './image.ts';
import { network } from './network.ts';
import { rate } from './rate.ts';
import { resources } from './resources.ts';
import { fixed, scalingByUse } from './scaling.ts';

/** The pods that all requests from outside to one system pass through. */
export const gatewayPods = oneOfKinds('kind', [
  strict({
    kind: z.literal('nginx'),
    /** Nginx as a user that is not root, with a shell. @default 'nginxinc/nginx-unprivileged:1.29' */
    image: image.default('nginxinc/nginx-unprivileged:1.29'),
    /** How many pods it has. @default - two */
    scaling: scalingByUse.prefault(fixed(2)),
    /** What each of its pods asks of its node. JSON bodies past 64 KiB stand on half of its local disk until they are there as a whole; one client address gets a quarter of that. */
    resources: resources.prefault({ cpu: '50m', memory: '64Mi', memoryLimit: '128Mi', ephemeralStorage: '256Mi' }),
    /** How often one client address may ask, at each pod. An IPv6 address counts by its first 64 bits. */
    rate: rate.prefault({ perSecond: 100, burst: 200 }),
    /** How many requests of one client address may be under way at once, at each pod; a slow upload is one for as long as it takes. @default 100 */
    requestsAtOnce: wholeNumber(1, 100_000).default(100),
    /**
     * How the log names who asked. `truncated` leaves out what tells one connection from its neighbours: the last number of an IPv4 address, and what follows the first 48 bits of an
     * IPv6 address. An address is personal data. @default 'truncated'
     */
    clientAddresses: z.enum(['truncated', 'whole']).default('truncated'),
    /** Whether the rates that routes declare hold besides. @default true */
    routeRates: z.boolean().default(true),
    /**
     * The networks of the proxies in front, whose X-Forwarded-For says who the client is; of anybody else it is thrown away.
     * @default - for what comes by Ingress or HTTPRoute the private networks of the environment, which alone reach that port; for a NodePort or a load balancer none
     */
    trustedProxies: z.array(network).readonly().optional(),
  }),
]);

export type NginxGateway = z.output<typeof gatewayPods>;

/** Nginx, with a configuration made from what the services expose. */
export function nginx(options: Omit<z.input<typeof gatewayPods>, 'kind'> = {}) {
  return { kind: 'nginx' as const, ...options };
}
