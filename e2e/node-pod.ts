/** @see nodePod */
export interface NodePodProps {
  readonly name: string;
  /** JavaScript, as `node -e` takes it. */
  readonly program: string;
  /** What the program finds in `process.argv`. @default - nothing */
  readonly args?: readonly string[];
  /** A port that is open once it is Ready. @default - it is at once */
  readonly readyAt?: number;
}

/** What a pod of a test runs, as a namespace with the restricted Pod Security takes it. */
export function nodePod({ name, program, args = [], readyAt }: NodePodProps) {
  return {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name,
        image: 'node:26-slim',
        command: ['node', '-e', program, ...args],
        ...(readyAt !== undefined && { readinessProbe: { tcpSocket: { port: readyAt }, periodSeconds: 1 } }),
        resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '256Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  };
}
