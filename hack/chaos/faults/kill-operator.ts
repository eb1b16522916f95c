import { OPERATOR_NAMESPACE } from "../../demo/operator.ts";
import type { Kubectl } from "../../e2e/support/kubectl.ts";

/** Deletes the operator's pods without asking them to end. */
export async function killOperator(kubectl: Kubectl): Promise<void> {
  await kubectl.killPods("-n", OPERATOR_NAMESPACE, "-l", "app.kubernetes.io/name=profile-platform-operator");
}
