import { ensureHelm } from "./helm.ts";

// Prints the path of a Helm; builds it first where there is none.
try {
  const path = await ensureHelm(process.env, () =>
    process.stderr.write("building Helm from its Go module (one to three minutes) …\n"),
  );
  process.stdout.write(`${path}\n`);
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`${message}${cause instanceof Error ? `\n  ${cause.message}` : ""}\n`);
  process.exitCode = 1;
}
