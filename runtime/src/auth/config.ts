import { isAbsolute } from "node:path";
import { z } from "zod";
import { type Configuration, type Environment, text } from "../kit/config.ts";
import { trustedUrl, trustedUrlRule } from "./trusted-url.ts";

const keyFile = "an absolute path of a file with a JSON Web Key Set";
const anIssuer = "the iss of tokens, such as https://server.server-layer.svc.cluster.local";
const claimPath = "the name of a claim, or a path with dots such as realm_access.roles";

/** Who issues tokens, and what they have to say. One of AUTH_JWKS_FILE and AUTH_OIDC_ISSUER is set: see `authRules`. */
export const authVariables = {
  AUTH_JWKS_FILE: z
    .string()
    .refine(isAbsolute, { error: () => keyFile })
    .optional(),
  AUTH_OIDC_ISSUER: z
    .string()
    .refine((value) => trustedUrl(value) !== undefined, { error: () => trustedUrlRule })
    .optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: text("profile-platform"),
  AUTH_ROLES_CLAIM: z
    .string()
    .trim()
    .regex(/^[^.\s](?:\S*[^.\s])?$/, { error: () => claimPath })
    .default("roles"),
};

/** What the variables have to be together, by the variable that is wrong. */
export function authRules(environment: Environment): Readonly<Record<string, string>> {
  const has = (name: keyof typeof authVariables): boolean => Boolean(environment[name]);
  if (has("AUTH_JWKS_FILE") && has("AUTH_OIDC_ISSUER")) {
    return { AUTH_OIDC_ISSUER: "no value beside AUTH_JWKS_FILE: tokens of one issuer are accepted" };
  }
  if (has("AUTH_OIDC_ISSUER")) {
    return has("AUTH_ISSUER") ? { AUTH_ISSUER: "no value beside AUTH_OIDC_ISSUER, which is the iss of tokens" } : {};
  }
  return {
    ...(has("AUTH_JWKS_FILE") ? {} : { AUTH_JWKS_FILE: `${keyFile}, or a value of AUTH_OIDC_ISSUER instead` }),
    ...(has("AUTH_ISSUER") ? {} : { AUTH_ISSUER: anIssuer }),
  };
}

/** Which tokens are accepted. */
export interface AuthSettings {
  /** Where keys come from: a file, or the OpenID Connect issuer itself. */
  readonly keys: { readonly kind: "file"; readonly path: string } | { readonly kind: "oidc" };
  /** Signature algorithms: asymmetric ones, so that whoever can check a token cannot make one. */
  readonly algorithms: readonly string[];
  readonly issuer: string;
  readonly audience: string;
  readonly rolesClaim: string;
}

/** @param config a valid one: of the variables that exclude each other, it has one */
export function authSettings(config: Configuration<typeof authVariables>): AuthSettings {
  const { AUTH_JWKS_FILE: path, AUTH_OIDC_ISSUER: oidc, AUTH_ISSUER: issuer } = config;
  const common = { audience: config.AUTH_AUDIENCE, rolesClaim: config.AUTH_ROLES_CLAIM };
  if (oidc !== undefined) {
    return {
      ...common,
      keys: { kind: "oidc" },
      issuer: oidc,
      algorithms: ["ES256", "ES384", "EdDSA", "RS256", "PS256"],
    };
  }
  if (path === undefined || issuer === undefined) throw new Error("the configuration was not checked by authRules");
  return { ...common, keys: { kind: "file", path }, issuer, algorithms: ["ES256"] };
}
