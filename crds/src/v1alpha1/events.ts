import type { Duration } from "./common.ts";

/**
 * Where a page comes from, as browsers say it: `https://app.example.com`.
 *
 * @maxLength 256
 * @XValidation {"rule": "self.matches('^https?://(([a-z0-9]([-a-z0-9]*[a-z0-9])?[.])*[a-z]([-a-z0-9]*[a-z0-9])?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])[.]){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$') && !self.matches('^(http://.*:80|https://.*:443)$')", "message": "must be an origin as browsers write it, in small letters, without a path and without the port that goes without saying, such as https://app.example.com or http://localhost:3000"}
 */
export type Origin = string;

/** The stream of changes that the profile API gives over WebSocket. */
export interface EventSettings {
  /**
   * How long an event is kept for clients that were away. Whoever is away for longer reads everything anew.
   *
   * @default "1h"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,7}s|[0-9]{1,5}m|[0-9]{1,3}h)$') && duration(self) >= duration('1m') && duration(self) <= duration('720h'))", "message": "must be from 1m to 720h: give a length of time in between, such as 1h"}
   */
  retention: Duration;
  /**
   * Connections that one pod has at most; those beyond are refused.
   *
   * @default 1000
   * @minimum 1
   * @maximum 100000
   */
  maxConnections: number;
  /**
   * Pages that may connect, by their origins; those of every origin when left out. A token is asked for either way.
   *
   * @listType set
   * @minItems 1
   * @maxItems 32
   */
  allowedOrigins?: Origin[];
}
