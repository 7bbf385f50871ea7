/** The port that the parent process chose. */
export const port = Number(process.env['PORT']);

/** Tells the parent process that requests may come. */
export function listening(): void {
  process.send?.('listening');
}
