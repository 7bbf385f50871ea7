/** The pods that are chosen above a dashboard, as a matcher of the label `pod`: all of them, where none is. */
export const chosenPods = { like: '$pod' } as const;
