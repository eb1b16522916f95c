/** Whoever started it has asked it to end: nothing is wrong. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}
