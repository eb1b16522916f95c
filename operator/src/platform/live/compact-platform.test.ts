import { expect, it } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import { makeCompactPlatform } from "./compact-platform.ts";

const MESSAGE = "Waiting for postgresql: 0/1 ready";

function platform(name: string): KubernetesObject {
  return {
    apiVersion: "profileplatform.io/v1alpha1",
    kind: "ProfilePlatform",
    metadata: { name, uid: `uid-${name}`, resourceVersion: "1" },
    spec: { namespacePrefix: `${name}-`, paused: false, postgresql: { replicas: 1, parameters: { work_mem: "4MB" } } },
    status: {
      observedGeneration: 1,
      conditions: [{ type: "Ready", status: "False", message: [MESSAGE].join(""), lastTransitionTime: name }],
      components: [{ name: "postgresql", state: "Progressing", message: [MESSAGE].join("") }],
      endpoints: { server: `http://${name}` },
    },
  };
}

it("changes nothing that can be read", () => {
  const compact = makeCompactPlatform();
  expect(compact(platform("a"))).toStrictEqual(platform("a"));
  const { spec: _spec, status: _status, ...bare } = platform("b");
  expect(compact(bare as KubernetesObject)).toStrictEqual(bare);
  const odd = { ...platform("c"), spec: null, status: { conditions: null, components: "none" } };
  expect(compact(odd)).toStrictEqual(odd);
});

it("has in memory once what two platforms have in common", () => {
  interface Seen {
    readonly spec: { readonly postgresql: unknown };
    readonly status: { readonly components: readonly unknown[] };
  }
  const compact = makeCompactPlatform();
  const [a, b] = ["a", "b"].map((name) => compact(platform(name)) as unknown as Seen);
  expect(a?.spec.postgresql).toBe(b?.spec.postgresql);
  expect(a?.status.components[0]).toBe(b?.status.components[0]);
});
