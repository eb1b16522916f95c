import { buildPrograms } from "../cluster/embedded/build.ts";
import { cacheRoot, createProgress } from "../cluster/index.ts";

// Builds the programs of the local cluster, or finds them built: the tests with an API server or nodes need them.
try {
  await buildPrograms(cacheRoot(), createProgress());
} catch (error) {
  for (let each: unknown = error; each instanceof Error; each = each.cause) process.stderr.write(`${each.message}\n`);
  process.exitCode = 1;
}
