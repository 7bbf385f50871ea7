/**
 * What a container gets that does not say what it requests: below a quota it would else be refused. So are init containers of operators, and pods that people
 * make by hand.
 */
export const unspokenRequests = { cpu: '10m', memory: '64Mi', memoryLimit: '256Mi' } as const;
