/** Whether something that is done each so many seconds, counted from the start of the trace, is done in the second that begins now. */
export function isTime(now: number, interval: number): boolean {
  return Math.floor(now / interval) > Math.floor((now - 1) / interval);
}
