import { expect, test } from "vitest";
import { SecretWatches } from "./secret-watches.ts";

test("namespaces of a platform are watched until it is gone", () => {
  const watched: string[] = [];
  const watches = new SecretWatches({
    addNamespace: (namespace) => watched.push(`+${namespace}`),
    removeNamespace: (namespace) => watched.push(`-${namespace}`),
  });
  watches.follow("demo", new Set(["data-layer"]));
  // Rights that are missing for a moment are no reason to stop.
  watches.follow("demo", new Set(["server-layer"]));
  watches.release("demo");
  watches.release("demo");
  expect(watched).toEqual(["+data-layer", "+server-layer", "-data-layer", "-server-layer"]);
});
