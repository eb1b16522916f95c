import { expect, test } from "vitest";
import { renderBlock } from "./api-path.ts";

test("what one pod sends to the API server is dropped, whether it comes in there or is forwarded", () => {
  expect(renderBlock({ apiAddress: "10.250.2.11" }, { address: "10.244.1.10" })).toBe(`table inet chaos {
  chain input {
    type filter hook input priority -20; policy accept;
    ip saddr 10.244.1.10 ip daddr 10.250.2.11 tcp dport 6443 drop
  }
  chain forward {
    type filter hook forward priority -20; policy accept;
    ip saddr 10.244.1.10 ip daddr 10.250.2.11 tcp dport 6443 drop
  }
}
`);
});
