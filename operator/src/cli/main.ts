import { basename } from "node:path";
import { systemConsole } from "./console.ts";
import { createProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

/** Exit code of commands that fail; `diff` keeps 1 for "there are differences". */
const EXIT_ERROR = 2;

const invokedAs = basename(process.env["PROFILEPLATFORM_INVOKED_AS"] ?? "");
const name = invokedAs.startsWith("kubectl-") ? "kubectl profileplatform" : "profileplatform";

// A reader that stops early, such as head, is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await createProgram(name, systemConsole()).parseAsync();
} catch (error) {
  process.stderr.write(`${reportError(error)}\n`);
  process.exitCode = EXIT_ERROR;
}
