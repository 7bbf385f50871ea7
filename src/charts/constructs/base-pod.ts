import type { k8s } from 'cdk8s-plus-27';
import type { Environment } from '../../model/index.ts';
import { restrictedPod } from './pod-security.ts';
import { pullSecrets } from './pull-secrets.ts';

/** What every pod that we write begins with. @param name of its ServiceAccount, which is that of the workload */
export function basePod(name: string, environment: Environment): Omit<k8s.PodSpec, 'containers'> {
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    // Without this every Service of the namespace adds a dozen variables, and one named like a declared variable would stand in for it.
    enableServiceLinks: false,
    imagePullSecrets: pullSecrets(environment),
    securityContext: restrictedPod,
  };
}
