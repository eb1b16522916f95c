import { requiredVersion } from "../../cluster/embedded/go.ts";
import { describeMachine, type Machine, moduleVersion } from "../machine.ts";
import { TWIN } from "./twin.ts";

export interface OperatorMachine extends Machine {
  readonly kubernetes: string;
  readonly controllerRuntime: string;
}

export async function describeOperatorMachine(): Promise<OperatorMachine> {
  return {
    ...(await describeMachine(["operator", "crds"])),
    kubernetes: requiredVersion("k8s.io/kubernetes"),
    controllerRuntime: moduleVersion(`${TWIN.sources}/go.mod`, "sigs.k8s.io/controller-runtime"),
  };
}
