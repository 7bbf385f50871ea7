import { type ScalingBehavior, toSeconds } from '../../model/index.ts';

/** How fast an HPA adds and takes away pods, as it and KEDA write it. */
export function scalingBehavior({ scaleUp, scaleDown }: ScalingBehavior) {
  return { scaleUp: direction(scaleUp), scaleDown: direction(scaleDown) };
}

function direction({ stabilization, select, policies }: ScalingBehavior['scaleUp']) {
  return {
    stabilizationWindowSeconds: toSeconds(stabilization),
    selectPolicy: select,
    policies: policies.map((policy) => ({
      ...('pods' in policy ? { type: 'Pods', value: policy.pods } : { type: 'Percent', value: policy.percent }),
      periodSeconds: toSeconds(policy.per),
    })),
  };
}
