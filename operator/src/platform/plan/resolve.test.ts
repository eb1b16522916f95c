import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../components/testing/sample-model.ts";
import { DEFAULT_IMAGES } from "../../images.ts";
import { CREDENTIALS, modelOfSpec, platformOfSpec, SIGNING_KEY } from "../testing.ts";
import { InvalidSpecError, resolve } from "./resolve.ts";

const liveness = { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };
const readiness = { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 };
const probes = { liveness, readiness };
const resources = { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } };

test("an empty spec is a whole platform", () => {
  expect(modelOfSpec({})).toEqual({
    name: "demo",
    owner: {
      apiVersion: "profileplatform.io/v1alpha1",
      kind: "ProfilePlatform",
      name: "demo",
      uid: "uid-of-demo",
      controller: true,
      blockOwnerDeletion: true,
    },
    deletionPolicy: "Retain",
    operator: { namespace: "platform-system", serviceAccount: "operator" },
    namespaces: {
      "data-layer": "data-layer",
      "server-layer": "server-layer",
      "app-layer": "app-layer",
      "client-layer": "client-layer",
      "observability-layer": "observability-layer",
    },
    images: DEFAULT_IMAGES,
    credentials: CREDENTIALS,
    postgresql: {
      instances: 1,
      synchronous: "quorum",
      parameters: {},
      storage: { size: "10Gi" },
      resources,
      probes,
    },
    redis: { replicas: 1, storage: { size: "1Gi" }, resources, probes },
    rabbitmq: { replicas: 1, storage: { size: "1Gi" }, resources, probes },
    server: { replicas: 3, autoscaling: undefined, exposure: { type: "None" }, resources, probes },
    worker: { replicas: 1, concurrency: 10, resources, probes },
    settings: SAMPLE_MODEL.settings,
    usualSettings: SAMPLE_MODEL.settings,
    auth: { issuer: "embedded", keyInterval: "720h", maxTokenLifetime: "24h", signingKeys: [SIGNING_KEY] },
  });
});

test("a spec that is missing altogether is an empty one", () => {
  const { spec: _spec, ...rest } = platformOfSpec({});
  const secrets = { credentials: CREDENTIALS, signingKeys: [SIGNING_KEY] };
  const surroundings = { images: DEFAULT_IMAGES, ...secrets, operator: undefined };
  expect(resolve(rest as never, surroundings)).toEqual({ ...modelOfSpec({}), operator: undefined });
});

test("the prefix stands before every namespace", () => {
  expect(modelOfSpec({ namespacePrefix: "team-a-" }).namespaces["data-layer"]).toBe("team-a-data-layer");
});

test("with an OIDC issuer there are no keys, and what is left out of it has its default", () => {
  const issuerURL = "https://id.example.com/realms/main";
  const embedded = { maxTokenLifetime: "1h" };
  expect(modelOfSpec({ auth: { embedded, oidc: { issuerURL } } }).auth).toEqual({
    issuer: "oidc",
    issuerURL,
    audience: "profile-platform",
    rolesClaim: "roles",
    caConfigMap: undefined,
  });
});

test("settings are complete, whatever part of them is given", () => {
  const { settings, usualSettings } = modelOfSpec({
    server: { rateLimits: { reads: { requests: 7 } }, images: { s3: { bucket: "images" } } },
  });
  expect(settings).toEqual({
    ...SAMPLE_MODEL.settings,
    rateLimits: { ...SAMPLE_MODEL.settings.rateLimits, reads: { requests: 7, period: "10s" } },
    images: {
      ...SAMPLE_MODEL.settings.images,
      s3: { bucket: "images", region: "us-east-1", forcePathStyle: false },
    },
  });
  expect(usualSettings).toEqual(SAMPLE_MODEL.settings);
});

test("a value that slipped through is refused with its path and the cure", () => {
  const platform = platformOfSpec({ server: { replicas: -1 }, postgresql: { instances: 2 } });
  const secrets = { credentials: CREDENTIALS, signingKeys: undefined };
  const attempt = () => resolve(platform, { images: DEFAULT_IMAGES, ...secrets, operator: undefined });
  expect(attempt).toThrow(InvalidSpecError);
  expect(attempt).toThrow("spec.server.replicas must be 1 or above, and is -1");
  expect(attempt).toThrow("spec.postgresql.instances must be one of 1, 3, 5, and is 2");
});
