import { fileURLToPath } from "node:url";
import type { GoProgram } from "../go-program.ts";

/** The operator on controller-runtime. */
export const TWIN: GoProgram = {
  name: "operator-twin",
  title: "the twin",
  sources: fileURLToPath(new URL("./twin", import.meta.url)),
};
