/**
 * An amount in Kubernetes notation: `500m`, `512Mi`, `10Gi`. Always above zero.
 *
 * @maxLength 24
 * @XValidation {"rule": "isQuantity(self) && sign(quantity(self)) > 0", "message": "must be an amount above zero in Kubernetes notation, such as 500m, 512Mi or 10Gi"}
 * @XValidation {"rule": "!isQuantity(self) || quantity(self).compareTo(quantity('1P')) <= 0", "message": "must not be above 1P, which is more than any machine or volume has: give a smaller amount"}
 */
export type Quantity = string;

/**
 * A length of time: a whole number and a unit, such as `90s`, `15m` or `24h`.
 *
 * @maxLength 12
 * @XValidation {"rule": "self.matches('^[1-9][0-9]{0,8}(s|m|h)$')", "message": "must be a whole number above zero and a unit (s, m or h), such as 90s, 15m or 24h"}
 */
export type Duration = string;

/**
 * A short length of time: a whole number and a unit, such as `250ms` or `2s`.
 *
 * @maxLength 12
 * @XValidation {"rule": "self.matches('^[1-9][0-9]{0,8}(ms|s)$')", "message": "must be a whole number above zero and a unit (ms or s), such as 250ms or 2s"}
 */
export type ShortDuration = string;

/**
 * Address of a service over HTTP, such as `https://cdn.example.com`.
 *
 * @maxLength 512
 * @XValidation {"rule": "self.matches('^https?://(([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?[.])*[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(/[!$->@-~]*)?$')", "message": "must be an address without user, query and fragment, such as https://cdn.example.com"}
 */
export type HTTPAddress = string;

/**
 * CPU and memory of one container.
 *
 * @XValidation {"rule": "has(self.cpu)", "message": "give an amount of CPU, such as 200m, or leave resources out for the defaults", "fieldPath": ".cpu", "reason": "FieldValueRequired"}
 * @XValidation {"rule": "has(self.memory)", "message": "give an amount of memory, such as 256Mi, or leave resources out for the defaults", "fieldPath": ".memory", "reason": "FieldValueRequired"}
 */
export interface ResourceAmounts {
  /**
   * CPU, such as `200m` (a fifth of a core) or `"2"`. A bare number needs quotes.
   *
   * @requiredByRule
   */
  cpu: Quantity;
  /**
   * Memory, such as `256Mi`.
   *
   * @requiredByRule
   */
  memory: Quantity;
}

/**
 * What one container asks for and may use at most. Both parts stand together: leave `resources` out for the
 * defaults, or give all four amounts.
 *
 * @XValidation {"rule": "has(self.requests)", "message": "requests cannot be removed: give requests.cpu and requests.memory, or leave resources out for the defaults", "fieldPath": ".requests", "reason": "FieldValueRequired"}
 * @XValidation {"rule": "has(self.limits)", "message": "limits cannot be removed: give limits.cpu and limits.memory, or leave resources out for the defaults", "fieldPath": ".limits", "reason": "FieldValueRequired"}
 * @XValidation {"rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || !isQuantity(self.requests.cpu) || !isQuantity(self.limits.cpu) || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0", "message": "requests.cpu is above limits.cpu: lower the request or raise the limit", "fieldPath": ".requests.cpu"}
 * @XValidation {"rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || !isQuantity(self.requests.memory) || !isQuantity(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0", "message": "requests.memory is above limits.memory: lower the request or raise the limit", "fieldPath": ".requests.memory"}
 */
export interface Resources {
  /**
   * What the scheduler sets aside for the container.
   *
   * @requiredByRule
   */
  requests: ResourceAmounts;
  /**
   * What the container may use at most; it is throttled (CPU) or killed (memory) above.
   *
   * @requiredByRule
   */
  limits: ResourceAmounts;
}

/**
 * Seconds that one probe may take.
 *
 * @minimum 1
 * @XValidation {"rule": "self <= 5", "message": "must not be above 5 seconds: a slower probe hides a hung process; raise periodSeconds or failureThreshold instead"}
 */
export type ProbeTimeoutSeconds = number;

/** Timing of the probe that restarts a hung container. It cannot be turned off. */
export interface LivenessProbe {
  /**
   * Seconds after the start before the first probe.
   *
   * @default 30
   * @minimum 0
   * @maximum 600
   */
  initialDelaySeconds: number;
  /**
   * Seconds between two probes.
   *
   * @default 10
   * @minimum 1
   * @maximum 60
   */
  periodSeconds: number;
  /**
   * Seconds after which a probe counts as failed.
   *
   * @default 5
   */
  timeoutSeconds: ProbeTimeoutSeconds;
  /**
   * Failed probes in a row before the container is restarted.
   *
   * @default 3
   * @minimum 1
   * @maximum 10
   */
  failureThreshold: number;
}

/** Timing of the probe that takes a pod out of its Services. It cannot be turned off. */
export interface ReadinessProbe {
  /**
   * Seconds after the start before the first probe.
   *
   * @default 5
   * @minimum 0
   * @maximum 600
   */
  initialDelaySeconds: number;
  /**
   * Seconds between two probes.
   *
   * @default 5
   * @minimum 1
   * @maximum 60
   */
  periodSeconds: number;
  /**
   * Seconds after which a probe counts as failed.
   *
   * @default 5
   */
  timeoutSeconds: ProbeTimeoutSeconds;
  /**
   * Failed probes in a row before the pod is taken out of its Services.
   *
   * @default 3
   * @minimum 1
   * @maximum 10
   */
  failureThreshold: number;
}

/** Timing of the health checks of one component. */
export interface Probes {
  /**
   * The probe that restarts a hung container.
   *
   * @default {}
   */
  liveness: LivenessProbe;
  /**
   * The probe that takes a pod out of its Services.
   *
   * @default {}
   */
  readiness: ReadinessProbe;
}
