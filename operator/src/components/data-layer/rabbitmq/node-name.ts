import { serviceHost } from "../../../names.ts";
import { membersServiceName } from "../../kit/service.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE } from "./place.ts";

/** Host of a member, by the name of its pod, which may be a reference to a variable. */
export function memberHost({ namespaces }: PlatformModel, pod: string): string {
  return `${pod}.${serviceHost(membersServiceName(PLACE), namespaces[PLACE.layer])}`;
}

/** The data is filed under the node's name, so that it must outlive the pod; the full one can join a cluster. */
export function nodeName(model: PlatformModel, pod: string): string {
  return `rabbit@${memberHost(model, pod)}`;
}
