import { podProofs } from './pods.ts';

/** How each alert is proved, by its name. */
export const proofs = { ...podProofs };
