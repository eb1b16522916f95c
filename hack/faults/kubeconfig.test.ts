import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readKubeconfig, writeKubeconfig } from "./kubeconfig.ts";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "faults-kubeconfig-"));
});

afterAll(() => rmSync(dir, { recursive: true }));

function write(cluster: string, user: string, context = "main"): string {
  const path = join(dir, "kubeconfig");
  writeFileSync(
    path,
    `apiVersion: v1
kind: Config
current-context: ${context}
clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", ${cluster}}}]
users: [{name: u, user: ${user}}]
contexts: [{name: main, context: {cluster: c, user: u}}]
`,
  );
  return path;
}

test("reads where the server is, and who the client is", () => {
  expect(readKubeconfig(write("certificate-authority: pki/ca.crt", "{token: abc}"))).toEqual({
    upstream: { server: "https://127.0.0.1:6443", authority: { file: join(dir, "pki/ca.crt") } },
    user: { token: "abc" },
  });
  const data = Buffer.from("PEM").toString("base64");
  expect(readKubeconfig(write(`certificate-authority-data: ${data}`, "{tokenFile: /t}")).upstream.authority).toEqual({
    pem: "PEM",
  });
});

test("refuses a user who has no token, and a file without the context that it names", () => {
  expect(() => readKubeconfig(write("", "{client-certificate: a.crt}"))).toThrow(
    /has no token, .*kubectl create token/,
  );
  expect(() => readKubeconfig(write("", "{token: abc}", "other"))).toThrow(
    "has no cluster and user for its current context",
  );
});

test("writes the same user at another server, for its owner alone", () => {
  const path = join(dir, "proxied");
  writeKubeconfig(path, { server: "https://127.0.0.1:1", authorityFile: "/a/ca.crt", user: { token: "abc" } });
  expect(readKubeconfig(path)).toEqual({
    upstream: { server: "https://127.0.0.1:1", authority: { file: "/a/ca.crt" } },
    user: { token: "abc" },
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).not.toContain("6443");
});
