import { type NodePodProps, nodePod } from './node-pod.ts';

/** @see nodeServer */
export interface NodeServerProps extends NodePodProps {
  readonly namespace: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: number }[];
}

/** The labels of its pods. */
export const nodeServerLabels = (name: string) => ({ 'app.kubernetes.io/name': name });

/** A server of a test: a Deployment of one pod, and its Service. */
export function nodeServer({ namespace, ports, ...pod }: NodeServerProps): readonly object[] {
  const metadata = { name: pod.name, namespace };
  const labels = nodeServerLabels(pod.name);
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: nodePod(pod) },
      },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports } },
  ];
}
