import type { Service, System } from '../../model/index.ts';

/** The services that a system exposes anything of, each once. */
export function gatewayServices({ entrances }: System): readonly Service[] {
  return [...new Set(entrances.flatMap(({ services }) => services))];
}
