import { readFileSync } from "node:fs";
import { createLocalJWKSet, jwtVerify } from "jose";

const keys = createLocalJWKSet(JSON.parse(readFileSync(process.env.AUTH_JWKS_FILE, "utf8")));
const rules = {
  algorithms: ["ES256"],
  issuer: process.env.AUTH_ISSUER,
  audience: "profile-platform",
  clockTolerance: 30,
  requiredClaims: ["exp", "iat", "sub"],
};

const roles = ["viewer", "editor", "admin"];

export async function authenticate(request, response, next) {
  const [scheme, token = ""] = (request.get("authorization") ?? "").split(" ");
  try {
    if (scheme !== "Bearer") throw new Error("there is no bearer token");
    const { payload } = await jwtVerify(token, keys, rules);
    request.subject = payload.sub;
    request.roles = payload.roles ?? [];
  } catch {
    refuse(response, 401, "Send a valid token as Authorization: Bearer.");
    return;
  }
  next();
}

/** Lets pass who has the role or a higher one. */
export function needs(role) {
  const enough = roles.slice(roles.indexOf(role));
  return (request, response, next) => {
    if (request.roles.some((one) => enough.includes(one))) next();
    else refuse(response, 403, `The role ${role} is needed.`);
  };
}

export function refuse(response, status, detail, errors) {
  response.status(status).type("application/problem+json").json({ type: "about:blank", status, detail, errors });
}
