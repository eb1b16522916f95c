import { createLocalJWKSet } from "jose";
import { authSettings } from "../src/auth/config.ts";
import { createVerifier, type Verifier } from "../src/auth/verify.ts";
import { issuer, keySetOf } from "./issuer.ts";

/** The settings of a server that accepts the tokens of `issuer`. */
export const issuerSettings = authSettings({
  AUTH_JWKS_FILE: "/jwks.json",
  AUTH_ISSUER: issuer.name,
  AUTH_AUDIENCE: issuer.audience,
  AUTH_ROLES_CLAIM: "roles",
});

/** Verifies its tokens. @param onCheck called before the key of each is looked for; what it throws is why there is none */
export function issuerVerifier(onCheck: () => void): Verifier {
  const keys = createLocalJWKSet(JSON.parse(keySetOf(issuer.key)));
  return createVerifier({
    settings: issuerSettings,
    find: (header, token) => {
      onCheck();
      return keys(header, token);
    },
    now: Date.now,
  });
}
