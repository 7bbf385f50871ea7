import type { Entrance, Environment, NginxGateway, System } from '../../model/index.ts';

/** A port of a gateway's pods. Each way in has one of its own, as each has others who may use it and who are believed. */
export interface GatewayListener {
  /** The name of the container's port. */
  readonly name: string;
  readonly port: number;
  /** Who may reach it: the pods that the environment names, or anybody. */
  readonly from: 'controllers' | 'anybody';
  /** What is reached there, by host. The first one is what any other host means. */
  readonly entrances: readonly Entrance[];
  /** The networks of those whose X-Forwarded-For is believed. */
  readonly trusted: readonly string[];
}

/** The ports of a gateway's pods, and the port of the system in front of them. */
export const gatewayPorts = { service: 80, controllers: 8080, loadBalancer: 8081, health: 8090, firstNodePort: 8100 };

/** The port of the container behind the NodePort of an entrance. */
export function nodePortListener(index: number): Pick<GatewayListener, 'name' | 'port'> {
  return { name: `node-port-${index}`, port: gatewayPorts.firstNodePort + index };
}

/** The ports that an environment's ways in lead to. */
export function gatewayListeners(
  { entrances }: System,
  { exposure, privateNetworks }: Environment,
  { trustedProxies }: NginxGateway,
): readonly GatewayListener[] {
  const kinds = new Set(exposure.map(({ kind }) => kind));
  const straight = { from: 'anybody' as const, trusted: trustedProxies ?? [] };
  return [
    ...(kinds.has('ingress') || kinds.has('gateway')
      ? [
          {
            name: 'http',
            port: gatewayPorts.controllers,
            from: 'controllers' as const,
            entrances,
            trusted: trustedProxies ?? privateNetworks,
          },
        ]
      : []),
    ...(kinds.has('loadBalancer')
      ? [{ name: 'load-balancer', port: gatewayPorts.loadBalancer, entrances, ...straight }]
      : []),
    ...(kinds.has('nodePort')
      ? entrances.flatMap((entrance, index) =>
          entrance.nodePort === undefined ? [] : [{ ...nodePortListener(index), entrances: [entrance], ...straight }],
        )
      : []),
  ];
}
