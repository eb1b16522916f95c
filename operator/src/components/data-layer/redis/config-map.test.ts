import { describe, expect, test } from "vitest";
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

describe("of three", () => {
  const model = { ...SAMPLE_MODEL, redis: { ...SAMPLE_MODEL.redis, replicas: 3 } };
  const data = configMap(model)["data"] as Readonly<Record<string, string>>;

  test("the master takes no writes that no replica hears", () => {
    expect(data["redis.conf"]).toMatch(/^min-replicas-to-write 1\nmin-replicas-max-lag 5$/m);
  });

  test("scripts start each member as what the Sentinels say, and know the others by name", () => {
    expect(Object.keys(data).sort()).toStrictEqual([
      "group.sh",
      "redis-alive.sh",
      "redis-leave.sh",
      "redis-ready.sh",
      "redis-start.sh",
      "redis.conf",
      "sentinel-ready.sh",
      "sentinel-start.sh",
    ]);
    expect(data["group.sh"]?.split("\n").slice(0, 4)).toStrictEqual([
      'MEMBERS="redis-0.data-layer.svc.cluster.local redis-1.data-layer.svc.cluster.local redis-2.data-layer.svc.cluster.local"',
      "FIRST=redis-0.data-layer.svc.cluster.local",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
      "SELF=$POD_NAME.${FIRST#*.}",
      "QUORUM=2",
    ]);
  });

  test("no password stands in it", () => {
    expect(JSON.stringify(data)).not.toContain("samplePassword");
  });
});
