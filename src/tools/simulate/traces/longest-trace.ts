/** Seconds that a trace lasts at most: each is simulated, and each scaling has its own line of them. */
export const longestTrace = 7 * 86_400;
