import { backupProofs } from './backups.ts';
import { clusterProofs } from './clusters.ts';
import { edgeProofs } from './edges.ts';
import { podProofs } from './pods.ts';
import { scalingProofs } from './scaling.ts';
import { securityProofs } from './security.ts';
import { sloProofs } from './slos.ts';
import { storeProofs } from './stores.ts';
import { systemProofs } from './systems.ts';
import { targetProofs } from './targets.ts';
import { trafficProofs } from './traffic.ts';
import { usageProofs } from './usage.ts';

/** How each alert is proved, by its name. */
export const proofs = {
  ...backupProofs,
  ...clusterProofs,
  ...edgeProofs,
  ...podProofs,
  ...scalingProofs,
  ...securityProofs,
  ...sloProofs,
  ...storeProofs,
  ...systemProofs,
  ...targetProofs,
  ...trafficProofs,
  ...usageProofs,
};
