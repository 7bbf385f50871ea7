/** Whether so much of what is aimed at is no difference to an HPA. @param tolerance a part, such as 0.1 */
export function isWithin(ratio: number, tolerance: number): boolean {
  return 1 - tolerance <= ratio && ratio <= 1 + tolerance;
}
