import { z } from 'zod';
import { across, oneOfKinds, strict, wholeNumber } from './declaration-error.ts';

const pods = wholeNumber(1, 1_000);
const percent = wholeNumber(1, 100);

/** How many pods a service has. A union, so two autoscalers on one Deployment cannot be written. */
export const scaling = across(
  oneOfKinds('kind', [
    strict({
      kind: z.literal('fixed'),
      /** Pods, always. */
      replicas: pods,
    }),
    strict({
      kind: z.literal('cpu'),
      /** Pods, at least. */
      min: pods,
      /** Pods, at most. */
      max: pods,
      /** Average use of the requested CPU that is aimed at, in per cent. */
      cpu: percent,
      /** Average use of the requested memory that is aimed at, in per cent. @default - memory does not scale */
      memory: percent.optional(),
    }),
  ]),
  (declared, add) => {
    if (declared.kind === 'cpu' && declared.min > declared.max)
      add(['max'], declared.max, `at least min, which is ${declared.min}`, 'raise max or lower min');
  },
);

export type Scaling = z.output<typeof scaling>;
type Options<Kind extends Scaling['kind']> = Omit<Extract<z.input<typeof scaling>, { kind: Kind }>, 'kind'>;

/** The same number of pods, always. */
export function fixed(replicas: number): Extract<Scaling, { kind: 'fixed' }> {
  return { kind: 'fixed', replicas };
}

/** Pods by CPU, and by memory where it is named: a HorizontalPodAutoscaler. */
export function cpu(options: Options<'cpu'>): Extract<Scaling, { kind: 'cpu' }> {
  return { kind: 'cpu', ...options };
}
