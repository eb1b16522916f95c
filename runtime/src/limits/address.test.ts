import { describe, expect, test } from "vitest";
import { addressBlock } from "./address.ts";

describe("whose requests those of an address are", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["192.0.2.7:4711", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:c000:207", "192.0.2.7"],
    ["[::ffff:192.0.2.7]:80", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002:0000:0000:0000:0009", "2001:db8:1:2::/64"],
    ["[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:1::1", "2001:db8:0:1::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    [" 198.51.100.1 ", "198.51.100.1"],
  ])("%s counts as %s", (text, block) => {
    expect(addressBlock(text)).toBe(block);
  });

  test.each([undefined, "", "unknown", "_hidden", "192.0.2", "192.0.2.256", "2001:db8::1::2", "a.example.org", "[]"])(
    "%s is no address",
    (text) => {
      expect(addressBlock(text)).toBeUndefined();
    },
  );
});
