import type { Container } from './rendered-cluster.ts';

/**
 * The number of a container's port.
 *
 * @param port its name or number
 * @returns undefined where the container declares none such
 */
export function containerPort(container: Container, port: string | number, protocol = 'TCP'): number | undefined {
  return container.ports?.find((each) => {
    return (each.protocol ?? 'TCP') === protocol && (each.name === port || each.containerPort === port);
  })?.containerPort;
}

/** The ports of containers, as an error names them. */
export function portsOf(containers: readonly Container[]): string {
  const ports = containers.flatMap((container) => container.ports ?? []);
  return (
    ports.map(({ name, containerPort }) => (name ? `${name} (${containerPort})` : containerPort)).join(', ') || 'none'
  );
}
