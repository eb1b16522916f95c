import type { Duration } from "./common.ts";

/** When the keys of the embedded issuer are replaced. */
export interface KeyRotation {
  /**
   * How old the newest key gets before the next one is made. The next one signs five minutes later, when every server
   * knows it; a day after that, when no token of the old key can live any more, the old key goes.
   *
   * @default "720h"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || ((self.endsWith('h') ? self.size() <= 6 : self.size() <= 8) && duration(self) >= duration('1h'))", "message": "must be from 1h to 99999h: give a length of time in between, such as 720h"}
   */
  interval: Duration;
}

/**
 * The issuer that the operator keeps by itself: keys in Secrets, their public halves where the profile API reads them.
 * `profileplatform token` signs with them. It has no effect while `oidc` is set.
 */
export interface EmbeddedIssuer {
  /**
   * When the keys are replaced.
   *
   * @default {}
   */
  keyRotation: KeyRotation;
  /**
   * The longest life of a token that `profileplatform token` signs.
   *
   * @default "24h"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.size() <= 6 && duration(self) >= duration('1m') && duration(self) <= duration('24h'))", "message": "must be from 1m to 24h: give a length of time in between, such as 8h, and let people get a new token more often, or use an OIDC issuer"}
   */
  maxTokenLifetime: Duration;
}

/**
 * An issuer of the company's own, such as Keycloak, that speaks OpenID Connect. The profile API takes its tokens and no
 * others.
 *
 * @XValidation {"rule": "has(self.issuerURL)", "message": "give the URL of the issuer, such as https://id.example.com/realms/main, or remove oidc for the embedded issuer", "fieldPath": ".issuerURL", "reason": "FieldValueRequired"}
 */
export interface OIDCIssuer {
  /**
   * URL of the issuer, letter for letter as its tokens name it (`iss`). Its configuration is read from
   * `/.well-known/openid-configuration` below it. The profile API may open connections to its port, wherever that
   * leads; with a Service of this cluster, to the pods of its namespace instead. Its keys have to be within the same
   * reach.
   *
   * @requiredByRule
   * @maxLength 512
   * @XValidation {"rule": "self.matches('^https?://[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(/[!$->@-~]*)?$')", "message": "must be the URL of an issuer as its tokens name it, without user, query and fragment, such as https://id.example.com/realms/main"}
   * @XValidation {"rule": "!self.startsWith('http://') || self.matches('^http://[-a-zA-Z0-9]+[.][-a-zA-Z0-9]+[.]svc[.]cluster[.]local(:[0-9]+)?(/.*)?$')", "message": "must begin with https://, because whoever can change its answers on the way could make tokens; http:// is for Services of this cluster alone, by their full name such as http://keycloak.identity.svc.cluster.local"}
   */
  issuerURL: string;
  /**
   * What tokens for this platform name as their audience (`aud`).
   *
   * @default "profile-platform"
   * @maxLength 256
   * @XValidation {"rule": "self.matches('^[!-~]+$')", "message": "must be letters, digits and signs without spaces, as in the tokens' aud: give such a text, or leave it out for profile-platform"}
   */
  audience: string;
  /**
   * Claim that holds the roles `viewer`, `editor` and `admin`: a list of texts, or one text with spaces between. Dots
   * lead into claims, as in `realm_access.roles`.
   *
   * @default "roles"
   * @maxLength 256
   * @XValidation {"rule": "self.matches('^[!--/-~]+([.][!--/-~]+)*$')", "message": "must be the name of a claim, with dots that lead into it, such as roles or realm_access.roles"}
   */
  rolesClaim: string;
  /**
   * A ConfigMap in the namespace of the server layer, whose key `ca.crt` holds the certificate authorities that the
   * issuer's certificate is checked against, beside the well-known ones. The servers wait for it, and read it when they
   * start.
   *
   * @maxLength 253
   * @XValidation {"rule": "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')", "message": "must be the name of a ConfigMap in the namespace of the server layer, of small letters, digits, '-' and '.', such as company-ca"}
   */
  caConfigMap?: string;
}

/** Who issues the tokens that the profile API asks for. It asks for one always. */
export interface AuthSpec {
  /**
   * The issuer that the operator keeps by itself. It has no effect while `oidc` is set.
   *
   * @default {}
   */
  embedded: EmbeddedIssuer;
  /** An issuer of the company's own; the embedded one when left out. The two may be exchanged at any time. */
  oidc?: OIDCIssuer;
}
