import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LABEL_MANAGED_BY, LABEL_PLATFORM } from "../labels.ts";
import { CREDENTIAL_KEYS } from "./credentials.ts";
import { parseQuantity } from "./kit/quantity.ts";
import type { CredentialName, PlatformModel } from "./model.ts";
import { arbitraryModel } from "./testing/arbitrary-model.ts";
import { containers, platformObjects, podSpecs, templateOf } from "./testing/platform-objects.ts";

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Those of the restricted profile that something here has a use for. */
const ALLOWED_VOLUMES: ReadonlySet<string> = new Set([
  "name",
  "configMap",
  "emptyDir",
  "persistentVolumeClaim",
  "secret",
]);

/** For every platform that the schema allows. */
function always(property: (model: PlatformModel) => void): void {
  fc.assert(fc.property(arbitraryModel, property), { numRuns: 25 });
}

describe("containers", { timeout: 30_000 }, () => {
  test("ask for and are held to amounts", () => {
    always((model) => {
      for (const { container } of containers(model)) {
        for (const resource of ["cpu", "memory"]) {
          const request = parseQuantity(container.resources?.requests?.[resource] ?? "");
          const limit = parseQuantity(container.resources?.limits?.[resource] ?? "");
          expect(request).toBeGreaterThan(0);
          expect(request).toBeLessThanOrEqual(limit);
        }
      }
    });
  });

  test("are probed, within five seconds, unless they run once", () => {
    always((model) => {
      for (const { owner, container } of containers(model)) {
        const probes = [container.livenessProbe, container.readinessProbe];
        expect(probes.map((probe) => probe !== undefined)).toStrictEqual(
          owner.kind === "Job" ? [false, false] : [true, true],
        );
        for (const probe of [...probes, container.startupProbe]) {
          expect(probe?.timeoutSeconds ?? 1).toBeLessThanOrEqual(5);
        }
      }
    });
  });

  test("satisfy the restricted profile, on a read-only file system", () => {
    always((model) => {
      for (const { container } of containers(model)) {
        expect(container.securityContext).toStrictEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
      for (const { spec } of podSpecs(model)) {
        expect(spec.securityContext).toMatchObject({
          runAsNonRoot: true,
          runAsUser: 10001,
          runAsGroup: 10001,
          seccompProfile: { type: "RuntimeDefault" },
        });
        const kinds = (spec.volumes ?? []).flatMap((volume) => Object.keys(volume));
        expect(kinds.filter((kind) => !ALLOWED_VOLUMES.has(kind))).toStrictEqual([]);
      }
    });
  });

  test("get a token where the pod calls the Kubernetes API, and only there", () => {
    always((model) => {
      const withToken = podSpecs(model).filter(({ spec }) => spec.automountServiceAccountToken !== false);
      expect(withToken.map(({ owner }) => owner.metadata.name)).toStrictEqual(["postgresql"]);
    });
  });
});

describe("objects", { timeout: 30_000 }, () => {
  test("stand in the namespace of their layer, under names of their own", () => {
    always((model) => {
      const ids = platformObjects(model).map(({ layer, object: { kind, metadata } }) => {
        expect(kind === "Namespace" ? metadata.name : metadata.namespace).toBe(model.namespaces[layer]);
        expect(metadata.name).toMatch(NAME);
        return `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
      });
      expect(new Set(ids).size).toBe(ids.length);
    });
  });

  test("say whose they are", () => {
    always((model) => {
      for (const { object } of platformObjects(model)) {
        expect(object.metadata.labels).toMatchObject({
          [LABEL_MANAGED_BY]: "profile-platform-operator",
          [LABEL_PLATFORM]: model.name,
        });
        for (const value of Object.values(object.metadata.labels ?? {})) {
          expect(value).toMatch(LABEL_VALUE);
        }
      }
    });
  });

  test("select the pods of their own template", () => {
    always((model) => {
      const workloads = platformObjects(model)
        .map(({ object }) => object)
        .filter((object) => templateOf(object) !== undefined && object.kind !== "Job");
      for (const object of workloads) {
        const { selector } = object["spec"] as { readonly selector: { readonly matchLabels: object } };
        expect(templateOf(object)?.metadata?.labels).toMatchObject(selector.matchLabels);
      }
      expect(workloads.length).toBeGreaterThan(0);
    });
  });

  test("hold no secret, but Secrets", () => {
    always((model) => {
      const open = JSON.stringify(platformObjects(model).filter(({ object }) => object.kind !== "Secret"));
      const values = (Object.keys(CREDENTIAL_KEYS) as CredentialName[]).flatMap((name) =>
        Object.entries(CREDENTIAL_KEYS[name])
          .filter(([, { kind }]) => kind === "random")
          .map(([key]) => model.credentials[name]?.values[key] ?? ""),
      );
      const { auth } = model;
      const keys = auth.issuer === "embedded" ? (auth.signingKeys ?? []).map(({ privatePEM }) => privatePEM) : [];
      // Lines of a PEM stand in JSON apart from each other.
      const lines = keys.flatMap((pem) => pem.split("\n").filter((line) => line.length > 40));
      expect(lines.length >= keys.length).toBe(true);
      const found = [...values, ...keys, ...lines].filter(
        (value) => open.includes(value) || open.includes(Buffer.from(value).toString("base64")),
      );
      expect(values.map(({ length }) => length)).toStrictEqual(values.map(() => 32));
      expect(found).toStrictEqual([]);
    });
  });

  test("are the same for the same platform", () => {
    always((model) => {
      expect(JSON.stringify(platformObjects(structuredClone(model)))).toBe(JSON.stringify(platformObjects(model)));
    });
  });
});
