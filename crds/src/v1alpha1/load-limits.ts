import type { Duration, ShortDuration } from "./common.ts";

/**
 * Requests within a time: a bucket that holds so many, and fills up evenly within that time. All pods share it.
 *
 * @XValidation {"rule": "has(self.requests)", "message": "give a number of requests, such as 5000, or leave the whole limit out for its default", "fieldPath": ".requests", "reason": "FieldValueRequired"}
 */
export interface RateLimit {
  /**
   * Requests that may come at once, and within `period` from then on.
   *
   * @requiredByRule
   * @minimum 1
   * @maximum 1000000
   */
  requests: number;
  /**
   * Time in which as many requests may come again.
   *
   * @default "10s"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,4}s|[0-9]{1,2}m|1h)$') && duration(self) <= duration('1h'))", "message": "must be from 1s to 1h: give a length of time in between, such as 10s"}
   */
  period: Duration;
}

/** Requests that clients of the profile API may send. What is too much is refused and has no effect. */
export interface RateLimits {
  /**
   * Requests that only read, of the subject of a token.
   *
   * @default {"requests": 5000}
   */
  reads: RateLimit;
  /**
   * Other requests of the subject of a token.
   *
   * @default {"requests": 3000}
   */
  writes: RateLimit;
  /**
   * Requests of an address that need no token, such as those for images.
   *
   * @default {"requests": 5000}
   */
  anonymous: RateLimit;
  /**
   * Requests of an address whose token is refused or missing.
   *
   * @default {"requests": 100}
   */
  refusals: RateLimit;
  /**
   * Clients that one pod remembers while Redis is away; each takes some 200 bytes.
   *
   * @default 20000
   * @minimum 100
   * @maximum 1000000
   */
  memoryBuckets: number;
  /**
   * How long Redis may take before a pod decides by what it remembers.
   *
   * @default "100ms"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('5ms') && duration(self) <= duration('1s'))", "message": "must be from 5ms to 1s: give a length of time in between, such as 100ms"}
   */
  redisTimeout: ShortDuration;
}

/**
 * When a pod of the profile API refuses requests, because those that it has would be answered too late.
 *
 * @XValidation {"rule": "!has(self.minInFlight) || !has(self.maxInFlight) || self.minInFlight <= self.maxInFlight", "message": "minInFlight is above maxInFlight: lower the one or raise the other", "fieldPath": ".minInFlight"}
 */
export interface Shedding {
  /**
   * How long requests may wait for the processor or for a connection to the database before there are too many. Above
   * what a CPU limit holds a process up for, which is up to 100ms in 100ms.
   *
   * @default "100ms"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('10ms') && duration(self) <= duration('5s'))", "message": "must be from 10ms to 5s: give a length of time in between, such as 100ms"}
   */
  targetDelay: ShortDuration;
  /**
   * Requests that are let in however long others wait.
   *
   * @default 32
   * @minimum 1
   * @maximum 10000
   */
  minInFlight: number;
  /**
   * Requests that one pod has in hand at most, however well it goes. Each takes memory.
   *
   * @default 512
   * @minimum 1
   * @maximum 10000
   */
  maxInFlight: number;
}

/** When the profile API and its worker leave a dependency alone that fails, and refuse at once what needs it. */
export interface CircuitBreakers {
  /**
   * Failures in a row after which a dependency is left alone.
   *
   * @default 5
   * @minimum 1
   * @maximum 1000
   */
  failures: number;
  /**
   * Time between two looks at whether it is back: recovery waits for it.
   *
   * @default "500ms"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(ms|s)$') || (duration(self) >= duration('50ms') && duration(self) <= duration('1s'))", "message": "must be from 50ms to 1s: give a length of time in between, such as 500ms"}
   */
  probeInterval: ShortDuration;
}
