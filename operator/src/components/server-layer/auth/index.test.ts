import { expect, test } from "vitest";
import { componentLabels } from "../../../labels.ts";
import type { PlatformModel } from "../../model.ts";
import { SAMPLE_KEY, SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { embeddedIssuer } from "./index.ts";
import { makeSigningKey, signingKeySecretName } from "./signing-key.ts";

const LABELS = componentLabels("demo", "server-layer", "server");
const NEXT_KEY = makeSigningKey();
const MODEL: PlatformModel = {
  ...SAMPLE_MODEL,
  auth: { issuer: "embedded", keyInterval: "720h", maxTokenLifetime: "8h", signingKeys: [SAMPLE_KEY, NEXT_KEY] },
};
const NAMES = [SAMPLE_KEY, NEXT_KEY].map(({ publicJWK }) => signingKeySecretName(publicJWK.kid));

test("two keys: public halves, the Role that reads the private ones, and these, in this order", () => {
  expect(embeddedIssuer(MODEL, "server-layer")).toStrictEqual([
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "server-jwks",
        namespace: "server-layer",
        labels: LABELS,
        annotations: { "profileplatform.io/max-token-lifetime": "8h" },
      },
      data: {
        "jwks.json": `${JSON.stringify({ keys: [SAMPLE_KEY.publicJWK, NEXT_KEY.publicJWK] }, undefined, 2)}\n`,
      },
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "token-issuer", namespace: "server-layer", labels: LABELS },
      rules: [
        { apiGroups: [""], resources: ["configmaps"], resourceNames: ["server-jwks"], verbs: ["get"] },
        { apiGroups: [""], resources: ["secrets"], resourceNames: NAMES, verbs: ["get"] },
      ],
    },
    ...[SAMPLE_KEY, NEXT_KEY].map(({ privatePEM }, index) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: NAMES[index],
        namespace: "server-layer",
        labels: { ...LABELS, "profileplatform.io/signing-key": "true" },
      },
      type: "Opaque",
      immutable: true,
      data: { "private.pem": btoa(privatePEM) },
    })),
  ]);
});

test("without a key the Role reads no Secret at all: an empty list of names would stand for every one", () => {
  const auth = { ...MODEL.auth, signingKeys: [] } as PlatformModel["auth"];
  const [, role] = embeddedIssuer({ ...MODEL, auth }, "server-layer");
  expect(JSON.stringify(role?.["rules"])).not.toContain("secrets");
});

test("it stands in the layer of the server alone, and not beside an OIDC issuer", () => {
  expect(embeddedIssuer(MODEL, "data-layer")).toStrictEqual([]);
  const auth = { issuer: "oidc", issuerURL: "https://id.example.com", audience: "a", rolesClaim: "r" } as const;
  expect(embeddedIssuer({ ...MODEL, auth: { ...auth, caConfigMap: undefined } }, "server-layer")).toStrictEqual([]);
});

test("keys that were not gathered cannot be used by mistake", () => {
  const auth = { ...MODEL.auth, signingKeys: undefined } as PlatformModel["auth"];
  expect(() => embeddedIssuer({ ...MODEL, auth }, "server-layer")).toThrow(
    "the signing keys were used before they were gathered",
  );
});
