import { afterAll, beforeAll, expect, test } from "vitest";
import { answer, type FaultProxy } from "../../../faults/index.ts";
import { waitCondition } from "../../control-plane/support/class-bench.ts";
import { startBenchProxy } from "../../control-plane/support/fault-proxy.ts";
import { KubeApi, typeOf } from "../../control-plane/support/kube-api.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import type { OperatorProcess } from "../../control-plane/support/operator-process.ts";
import { plainSpec } from "../../control-plane/support/schema/specs.ts";
import { waitApplied } from "../../control-plane/support/settled.ts";
import { condition } from "../../support/platform.ts";

const NAME = "sealed";
const SECRET = "postgresql-credentials";
const NAMESPACE = `${NAME}-data-layer`;

let bench: OperatorBench;
let api: KubeApi;
let proxy: FaultProxy;
let operator: OperatorProcess;

beforeAll(async () => {
  bench = await startOperatorBench();
  api = KubeApi.connect(bench.kubectl.kubeconfig);
  proxy = await startBenchProxy(bench);
  operator = await bench.startOperator({ kubeconfig: proxy.kubeconfigPath });
});

/** Which there are, by uid: their content cannot be changed. */
async function secrets(): Promise<readonly string[]> {
  const found = await api.list(typeOf("Secret"), `profileplatform.io/platform=${NAME}`);
  return found.map(({ metadata: { uid = "" } }) => uid).sort((a, b) => (a < b ? -1 : 1));
}

afterAll(async () => {
  api?.close();
  await proxy?.stop();
  await bench?.stop();
});

// What encrypts Secrets at rest can fail for one of them.
test("a Secret that the API server cannot read is told, left as it is, and used when it can be read again", async () => {
  await api.createPlatform(NAME, plainSpec(`${NAME}-`));
  await waitApplied(bench.api, NAME);
  const before = await secrets();
  expect(before.length).toBeGreaterThan(3);
  // The next process has to read what this one knows.
  await operator.stop();
  const path = new RegExp(`/namespaces/${NAMESPACE}/secrets/${SECRET}$`);
  const unreadable = proxy.rule({ match: { methods: ["GET"], path }, fault: answer(500) });
  operator = await bench.startOperator({ kubeconfig: proxy.kubeconfigPath });
  const told = new RegExp(`^Secret ${NAMESPACE}/${SECRET} cannot be read: the API server answered 500 `);
  const { reason } = await waitCondition(api, NAME, "Applied", "False", told);
  expect(reason).toBe("ServerError");
  expect(condition(await api.platform(NAME), "Stalled")?.status).toBe("False");

  await api.createPlatform("neighbour", plainSpec("neighbour-"));
  await waitApplied(bench.api, "neighbour");

  unreadable.remove();
  await waitApplied(bench.api, NAME, 10_000);
  expect(await secrets()).toEqual(before);
});
