import { describe, expect, test } from "vitest";
import type { OIDCIssuerModel } from "../../model.ts";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { authSettings, authVolumes } from "./settings.ts";

const OIDC: OIDCIssuerModel = {
  issuer: "oidc",
  issuerURL: "https://id.example.com/realms/main",
  audience: "profiles",
  rolesClaim: "realm_access.roles",
  caConfigMap: undefined,
};

test("the embedded issuer is named after the server, in the namespace that it has", () => {
  const namespaces = { ...SAMPLE_MODEL.namespaces, "server-layer": "team-a-server-layer" };
  expect(authSettings({ ...SAMPLE_MODEL, namespaces })).toStrictEqual({
    AUTH_JWKS_FILE: "/etc/profile-platform/auth/jwks.json",
    AUTH_ISSUER: "https://server.team-a-server-layer.svc.cluster.local",
    AUTH_AUDIENCE: "profile-platform",
  });
});

test("its keys are mounted as a folder, so that the kubelet exchanges them in place", () => {
  expect(authVolumes(SAMPLE_MODEL.auth)).toStrictEqual([
    {
      volume: { name: "jwks", configMap: { name: "server-jwks", defaultMode: 0o444 } },
      mount: { name: "jwks", mountPath: "/etc/profile-platform/auth", readOnly: true },
    },
  ]);
});

describe("an OIDC issuer", () => {
  test("is named with what its tokens say", () => {
    expect(authSettings({ ...SAMPLE_MODEL, auth: OIDC })).toStrictEqual({
      AUTH_OIDC_ISSUER: "https://id.example.com/realms/main",
      AUTH_AUDIENCE: "profiles",
      AUTH_ROLES_CLAIM: "realm_access.roles",
    });
    expect(authVolumes(OIDC)).toStrictEqual([]);
  });

  test("of an authority of one's own, with the certificates that Node.js is to add", () => {
    const auth = { ...OIDC, caConfigMap: "company-ca" };
    expect(authSettings({ ...SAMPLE_MODEL, auth })).toMatchObject({
      NODE_EXTRA_CA_CERTS: "/etc/profile-platform/issuer-ca/ca.crt",
    });
    expect(authVolumes(auth)).toStrictEqual([
      {
        volume: { name: "issuer-ca", configMap: { name: "company-ca", defaultMode: 0o444 } },
        mount: { name: "issuer-ca", mountPath: "/etc/profile-platform/issuer-ca", readOnly: true },
      },
    ]);
  });
});
