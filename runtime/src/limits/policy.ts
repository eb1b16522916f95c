/** How many requests somebody may send: a bucket of `quota` requests that fills up evenly within `window`. */
export interface Policy {
  /** As clients and metrics are told of it. */
  readonly name: string;
  /** Requests. */
  readonly quota: number;
  /** Milliseconds, a whole number of seconds. */
  readonly window: number;
}

/** What is said of one request. */
export interface Decision {
  readonly allowed: boolean;
  /** Milliseconds until the bucket is full, this request taken into account if it is allowed. */
  readonly untilFull: number;
}

/** Milliseconds by which sums of fractions may be off. */
const tolerance = 0.01;

/** Milliseconds in which the bucket gains one request. */
export function intervalOf({ quota, window }: Policy): number {
  return window / quota;
}

/**
 * Takes one request out of a bucket, as the generic cell rate algorithm does: all there is to remember is when it will
 * be full again.
 *
 * @param untilFull milliseconds until it is full
 */
export function take(policy: Policy, untilFull: number): Decision {
  const after = untilFull + intervalOf(policy);
  return after > policy.window + tolerance ? { allowed: false, untilFull } : { allowed: true, untilFull: after };
}

/** Requests that are left in the bucket. */
export function remaining(policy: Policy, untilFull: number): number {
  return Math.max(0, Math.floor((policy.window - untilFull + tolerance) / intervalOf(policy)));
}

/** Milliseconds until the bucket has a request again; 0 when it has one. */
export function wait(policy: Policy, untilFull: number): number {
  const milliseconds = untilFull + intervalOf(policy) - policy.window;
  return milliseconds > tolerance ? milliseconds : 0;
}
