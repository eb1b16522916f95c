import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { configMap } from "./config-map.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "data-layer",
  "app.kubernetes.io/name": "redis",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "redis",
};

test("Redis appends to its file and never evicts", () => {
  expect(configMap(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "redis", namespace: "data-layer", labels: LABELS },
    data: {
      "redis.conf": `bind * -::*
port 6379
dir /data
# The append-only file alone: a snapshot beside it would fork once more for the same data.
appendonly yes
appendfsync everysec
save ""
maxmemory 322122547
# The cache bounds itself, first in, first out, with an order kept beside the entries: if Redis evicted keys of
# its own choice, the two would part. A write that does not fit fails, and the caller goes to the database.
maxmemory-policy noeviction
tcp-keepalive 60
`,
    },
  });
});
