import { expect, it } from "vitest";
import { renderHostGuard } from "./network.ts";
import { planCluster } from "./plan.ts";

it("forwards nothing to or from the cluster, and takes no packet that it could not answer within it", () => {
  expect(renderHostGuard(planCluster("test", 1, 3))).toBe(`table inet pp-test {
  chain forward {
    type filter hook forward priority -10; policy accept;
    iifname "pp-test" drop
    oifname "pp-test" drop
  }
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "pp-test" ip saddr != 10.250.1.0/24 drop
  }
}
`);
});
