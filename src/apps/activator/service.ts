import { activator, defineService, fixed, text } from '../../model/index.ts';
import contract from './contract.ts';

/**
 * It belongs to no system: a gateway has it beside its Nginx, in each of its pods. It needs no stores and checks nothing to be ready, least of all the services that
 * it waits for. It listens on every address of the pod, as its metrics and probes are asked from outside; who may reach its port is the NetworkPolicy's matter.
 */
export default defineService({
  contract,
  owner: 'platform-team',
  description: 'Holds the requests of a gateway back while the service that they are for starts.',
  env: {
    [activator.variable]: text({
      description: 'The services that may have no pods, such as media=http://media:4313/readyz;45s.',
    }),
  },
  // As many as the gateway has pods.
  scaling: fixed(1),
  // Idle it holds 130 MiB, and 180 while it answers as fast as it can.
  resources: { cpu: '20m', memory: '140Mi' },
  // Longer than the longest cold start of a contract. It ends after Nginx, so nobody asks it any more by then.
  lifecycle: { request: '6m', drainDelay: '0s', drain: '6m' },
});
