import * as operator from "@profile-platform/operator/connections";
import * as runtime from "@profile-platform/runtime/connections";
import { expect, test } from "vitest";

const { server, worker } = runtime.poolSizes;

test.each([server.minimum, 3, server.usual, server.maximum])(
  "the operator counts with as many connections of a server as it opens: DB_POOL_SIZE=%i",
  (size) => expect(operator.serverConnections(size)).toBe(runtime.serverConnections(size).primary),
);

test.each([server.minimum, server.usual, server.maximum])(
  "a server opens no more on a replica than on the primary: DB_POOL_SIZE=%i",
  (size) => expect(runtime.serverConnections(size).replica).toBeLessThan(runtime.serverConnections(size).primary),
);

test.each([
  [worker.minimum, 1],
  [worker.usual, 10],
  [worker.usual, 4],
  [worker.maximum, 1_000],
])("the operator counts with as many connections of a worker as it opens: DB_POOL_SIZE=%i, %i tasks", (size, tasks) =>
  expect(operator.workerConnections(size, tasks)).toBe(runtime.workerConnections(size, tasks)),
);

test("the operator counts with as many connections of the migrations as they open", () => {
  expect(operator.MIGRATIONS).toBe(runtime.migrationConnections);
});
