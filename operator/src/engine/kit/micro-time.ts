/** metav1.MicroTime of a time in ms since the epoch: the API server refuses anything but six decimals. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
