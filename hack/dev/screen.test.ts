import { expect, test } from "vitest";
import { PORTS, type PortName, type Ports } from "./ports.ts";
import { screen } from "./screen.ts";
import { stateIn } from "./state.ts";

const ports = Object.fromEntries(Object.entries(PORTS).map(([name, { usual }]) => [name as PortName, usual])) as Ports;
const headOf = (missing: readonly string[]): string =>
  screen({ ports, state: stateIn("/dev-state"), sources: "runtime/src", missing, stateArgument: "" })
    .trimStart()
    .split("  profile API")[0] ?? "";

test("the first screen says that the services run, where they do", () => {
  expect(headOf([])).toBe("The profile services run, from runtime/src\n");
});

test("and names those that do not, with what starts them again", () => {
  expect(headOf(["server", "worker"])).toMatch(
    /^server and worker do not run: why stands above\. The next change in runtime\/src starts them again; after a wrong\nsetting, .*Ctrl-C/,
  );
  expect(headOf(["worker"])).toMatch(/^worker does not run: .* starts it again/);
});
