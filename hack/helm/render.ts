import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { parseAllDocuments } from "yaml";
import { run } from "../cluster/embedded/command.ts";

export const CHART = fileURLToPath(new URL("../../charts/profile-platform-operator", import.meta.url));

const KUBERNETES_VERSION = "1.36.3";

/** Objects that the chart makes of the values given, in the release `test` of the namespace `platform-system`. */
export async function renderChart(helm: string, values: unknown = {}): Promise<readonly KubernetesObject[]> {
  const folder = await mkdtemp(join(tmpdir(), "chart-values-"));
  try {
    const file = join(folder, "values.json");
    await writeFile(file, JSON.stringify(values));
    // A Helm from its module assumes an old Kubernetes where no cluster tells.
    const version = ["--kube-version", KUBERNETES_VERSION];
    const args = ["template", "test", CHART, "--namespace", "platform-system", "--values", file, ...version];
    return parse(await run(helm, args));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function parse(text: string): readonly KubernetesObject[] {
  const documents = parseAllDocuments(text);
  if ("empty" in documents) return [];
  return documents.map((document) => document.toJS() as KubernetesObject | null).filter((object) => object !== null);
}
