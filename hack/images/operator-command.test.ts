import { expect, test } from "vitest";
import { imageCommand } from "./operator-command.ts";

const chart = (args: readonly string[]) => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "operator" } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "operator" },
    spec: {
      template: {
        spec: {
          containers: [
            {
              args,
              env: [
                { name: "LOG_LEVEL", value: "info" },
                { name: "PROFILE_PLATFORM_IMAGES", value: "/etc/images.json" },
                { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
              ],
            },
          ],
        },
      },
    },
  },
];

test("flags of Node.js, arguments and environment are those of the image", () => {
  const dockerfile = "FROM node\nENV NODE_ENV=production\nENV NODE_OPTIONS=--flag=1\nCMD []\n";
  expect(imageCommand(chart(["--max-semi-space-size=2", "/app/operator.mjs", "run", "--x"]), dockerfile)).toEqual({
    nodeFlags: ["--max-semi-space-size=2"],
    args: ["run", "--x"],
    env: { NODE_ENV: "production", NODE_OPTIONS: "--flag=1", LOG_LEVEL: "info" },
  });
});

test("a chart that runs something else is told", () => {
  expect(() => imageCommand(chart(["/app/other.mjs"]), "")).toThrow("runs no operator.mjs");
});
