import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { layerLabels } from "../../labels.ts";
import { COMPONENTS } from "../index.ts";
import { migrations } from "../server-layer/migrations/index.ts";
import { SAMPLE_MODEL } from "../testing/sample-model.ts";
import { credentialCopies } from "./credential-copies.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const copy = (name: string, contentId: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name,
    namespace: "server-layer",
    labels: layerLabels("demo", "server-layer"),
    annotations: { "profileplatform.io/content-id": contentId },
  },
  type: "Opaque",
  immutable: true,
  data,
});

test("callers get what they log in with, and no more", () => {
  expect(credentialCopies(SAMPLE_MODEL, "server-layer", COMPONENTS)).toStrictEqual([
    copy("postgresql-credentials", "idPostgreSQL", {
      username: base64("profiles"),
      database: base64("profiles"),
      password: base64("samplePasswordPostgreSQL"),
    }),
    copy("redis-credentials", "idRedis", { password: base64("samplePasswordRedis") }),
    copy("rabbitmq-credentials", "idRabbitMQ", {
      username: base64("profiles"),
      password: base64("samplePasswordRabbitMQ"),
    }),
  ]);
});

test("only of what they call", () => {
  const postgresql = COMPONENTS.filter(({ layer }) => layer === "data-layer");
  const names = credentialCopies(SAMPLE_MODEL, "server-layer", [...postgresql, migrations]);
  expect(names.map(({ metadata }) => metadata.name)).toStrictEqual(["postgresql-credentials"]);
});

test("the layer that holds the originals needs no copies", () => {
  expect(credentialCopies(SAMPLE_MODEL, "data-layer", COMPONENTS)).toStrictEqual([]);
});
