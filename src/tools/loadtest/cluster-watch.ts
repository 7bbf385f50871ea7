import { z } from 'zod';
import { selector } from '../../charts/identity.ts';
import { quantityValue } from '../../model/index.ts';
import { kubectl } from '../kubectl.ts';
import { CommandError } from '../run-command.ts';

/** A service as the cluster has it at one time. */
export interface PodsNow {
  readonly ready: number;
  /** What its Deployment wants. */
  readonly wanted: number;
  /** What its HorizontalPodAutoscaler would have. Null without one. */
  readonly desired: number | null;
  /** Thousandths of a processor, by pod. Empty where nothing measures them. */
  readonly cpu: Readonly<Record<string, number>>;
}

const objects = z.object({
  items: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('Deployment'),
        metadata: z.object({ name: z.string() }),
        spec: z.object({ replicas: z.int().default(1) }),
        status: z.object({ readyReplicas: z.int().default(0) }),
      }),
      z.object({
        kind: z.literal('HorizontalPodAutoscaler'),
        spec: z.object({ scaleTargetRef: z.object({ kind: z.string(), name: z.string() }) }),
        // Nothing in the first seconds of its life.
        status: z.object({ desiredReplicas: z.int().optional() }).default({}),
      }),
    ]),
  ),
});

const measured = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
      containers: z.array(z.object({ usage: z.object({ cpu: z.string() }) })),
    }),
  ),
});

/** The services of a namespace as the cluster has them now. @throws CommandError where kubectl does not get it */
export async function podsNow(namespace: string, services: readonly string[]): Promise<Record<string, PodsNow>> {
  const [found, usage] = await Promise.all([
    kubectl(['get', 'deployments,horizontalpodautoscalers', `--namespace=${namespace}`, '--output=json']),
    // A cluster need not have metrics-server, and it knows no pod in the first seconds of its life.
    kubectl(['get', '--raw', `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`]).catch((error: unknown) => {
      if (error instanceof CommandError) return '{"items":[]}';
      throw error;
    }),
  ]);
  const { items } = parsed(objects, found, 'deployments and autoscalers');
  const pods = parsed(measured, usage, 'what pods use').items;
  return Object.fromEntries(
    services.flatMap((service): [string, PodsNow][] => {
      const deployment = items.find((each) => each.kind === 'Deployment' && each.metadata.name === service);
      if (deployment?.kind !== 'Deployment') return [];
      const scaler = items.find(
        (each) =>
          each.kind === 'HorizontalPodAutoscaler' &&
          each.spec.scaleTargetRef.kind === 'Deployment' &&
          each.spec.scaleTargetRef.name === service,
      );
      const labels = Object.entries(selector(service));
      const own = pods.filter(({ metadata }) => labels.every(([key, value]) => metadata.labels[key] === value));
      return [
        [
          service,
          {
            ready: deployment.status.readyReplicas,
            wanted: deployment.spec.replicas,
            desired: scaler?.kind === 'HorizontalPodAutoscaler' ? (scaler.status.desiredReplicas ?? null) : null,
            cpu: Object.fromEntries(
              own.map(({ metadata, containers }) => [
                metadata.name,
                containers.reduce((sum, { usage: { cpu } }) => sum + quantityValue(cpu) * 1_000, 0),
              ]),
            ),
          },
        ],
      ];
    }),
  );
}

/** @throws CommandError where an answer is of another shape: one odd look must not end a load test */
function parsed<Schema extends z.ZodType>(schema: Schema, text: string, what: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new CommandError(
      `kubectl: got something else than ${what} as Kubernetes tells them: ${(error as Error).message.split('\n')[0]}; allowed: JSON of the API server; fix: look at what KUBECONFIG leads to`,
      1,
    );
  }
}
