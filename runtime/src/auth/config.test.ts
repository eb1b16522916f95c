import { describe, expect, test } from "vitest";
import { type Environment, loadConfig } from "../kit/config.ts";
import { authRules, authSettings, authVariables } from "./config.ts";

const file = { AUTH_JWKS_FILE: "/etc/auth/jwks.json", AUTH_ISSUER: "https://server.server-layer.svc.cluster.local" };
const oidc = { AUTH_OIDC_ISSUER: "https://id.example.org/realms/main" };
const settings = (environment: Environment) => authSettings(loadConfig(authVariables, environment, authRules));

test("keys in a file: ES256 alone, with defaults", () => {
  expect(settings(file)).toEqual({
    keys: { kind: "file", path: "/etc/auth/jwks.json" },
    algorithms: ["ES256"],
    issuer: "https://server.server-layer.svc.cluster.local",
    audience: "profile-platform",
    rolesClaim: "roles",
  });
});

test("an OpenID Connect issuer: several algorithms, none of them symmetric", () => {
  expect(settings({ ...oidc, AUTH_AUDIENCE: "profiles", AUTH_ROLES_CLAIM: "realm_access.roles" })).toEqual({
    keys: { kind: "oidc" },
    algorithms: ["ES256", "ES384", "EdDSA", "RS256", "PS256"],
    issuer: "https://id.example.org/realms/main",
    audience: "profiles",
    rolesClaim: "realm_access.roles",
  });
});

describe("what is refused, with the name of the variable", () => {
  test.each([
    ["nothing at all", {}, ["AUTH_JWKS_FILE", "AUTH_ISSUER"]],
    ["empty values", { AUTH_JWKS_FILE: "", AUTH_OIDC_ISSUER: "", AUTH_ISSUER: "" }, ["AUTH_JWKS_FILE", "AUTH_ISSUER"]],
    ["two issuers", { ...file, ...oidc }, ["AUTH_OIDC_ISSUER"]],
    ["a file without iss", { AUTH_JWKS_FILE: "/jwks.json" }, ["AUTH_ISSUER"]],
    ["an issuer with another iss", { ...oidc, AUTH_ISSUER: "https://other.example.org" }, ["AUTH_ISSUER"]],
    ["a relative path", { ...file, AUTH_JWKS_FILE: "jwks.json" }, ["AUTH_JWKS_FILE"]],
    ["http to somewhere", { AUTH_OIDC_ISSUER: "http://id.example.org" }, ["AUTH_OIDC_ISSUER"]],
    ["a name that only looks near", { AUTH_OIDC_ISSUER: "http://svc.cluster.local.example.org" }, ["AUTH_OIDC_ISSUER"]],
    ["an address that only looks near", { AUTH_OIDC_ISSUER: "http://127.0.0.1.example.org" }, ["AUTH_OIDC_ISSUER"]],
    ["a password in the address", { AUTH_OIDC_ISSUER: "https://u:p@id.example.org" }, ["AUTH_OIDC_ISSUER"]],
    ["a query", { AUTH_OIDC_ISSUER: "https://id.example.org/?realm=a" }, ["AUTH_OIDC_ISSUER"]],
    ["no address", { AUTH_OIDC_ISSUER: "id.example.org" }, ["AUTH_OIDC_ISSUER"]],
    ["a path that begins nowhere", { ...file, AUTH_ROLES_CLAIM: ".roles" }, ["AUTH_ROLES_CLAIM"]],
    ["a claim with a blank", { ...file, AUTH_ROLES_CLAIM: "my roles" }, ["AUTH_ROLES_CLAIM"]],
  ])("%s", (_what, environment, names) => {
    const expected = names.map((name) => `  ${name}: expected `);
    let message = "";
    try {
      settings(environment);
    } catch (err) {
      message = String(err);
    }
    const lines = message.split("\n").slice(1);
    expect(lines.map((line) => line.replace(/expected .*/, "expected "))).toEqual(expected);
    expect(message).not.toContain("u:p@");
  });

  test.each([
    "http://localhost:8080",
    "http://127.0.0.1:1/a",
    "http://[::1]:1",
    "http://keycloak.identity.svc.cluster.local:8080/realms/main",
    "https://id.example.org/",
  ])("not %s", (issuer) => {
    expect(settings({ AUTH_OIDC_ISSUER: issuer }).issuer).toBe(issuer);
  });
});
