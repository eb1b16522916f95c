import { describe, expect, test } from "vitest";
import { parseCodename, parseLines, parseStanzas, sourcesFor } from "./apt-sources.ts";

describe("sourcesFor", () => {
  const machine = [
    { uri: "http://vendor.example/apt", suite: "stable" },
    { uri: "http://mirror.example/debian", suite: "bookworm" },
    { uri: "http://mirror.example/debian", suite: "bookworm-updates" },
    { uri: "http://security.example/debian", suite: "bookworm-security" },
  ];

  test("asks the machine's own mirrors for another release", () => {
    expect(sourcesFor("trixie", machine, "bookworm")).toBe(
      [
        "deb http://mirror.example/debian trixie main",
        "deb http://mirror.example/debian trixie-updates main",
        "deb http://security.example/debian trixie-security main",
        "",
      ].join("\n"),
    );
  });

  test("does without security fixes where the machine does", () => {
    expect(sourcesFor("trixie", machine.slice(0, 2), "bookworm")).not.toContain("security");
  });

  test("takes the mirror that is given, on any distribution", () => {
    const sources = sourcesFor("trixie", machine, undefined, "http://given.example/debian");
    expect(sources).toMatch(/^deb http:\/\/given\.example\/debian trixie main\n/);
  });

  test("says what to do on a machine that has no Debian mirror", () => {
    expect(() => sourcesFor("trixie", machine, undefined)).toThrow(
      "this machine's apt sources name no Debian mirror: set PROFILE_PLATFORM_DEBIAN_MIRROR to the address of one",
    );
  });
});

test("parseLines reads the one-line format", () => {
  const text = `
# deb http://off.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://one.example/debian bookworm main contrib
deb http://two.example/debian bookworm-security main`;
  expect(parseLines(text)).toEqual([
    { uri: "http://one.example/debian", suite: "bookworm" },
    { uri: "http://two.example/debian", suite: "bookworm-security" },
  ]);
});

test("parseStanzas reads the deb822 format", () => {
  const text = `Types: deb deb-src
# a comment
URIs: http://one.example/debian http://two.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
`;
  expect(parseStanzas(text)).toEqual([
    { uri: "http://one.example/debian", suite: "bookworm" },
    { uri: "http://one.example/debian", suite: "bookworm-updates" },
    { uri: "http://two.example/debian", suite: "bookworm" },
    { uri: "http://two.example/debian", suite: "bookworm-updates" },
  ]);
});

test.each([
  ["ID=debian\nVERSION_CODENAME=bookworm\n", "bookworm"],
  ['ID="debian"\nVERSION_CODENAME="trixie"\n', "trixie"],
  ["ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n", undefined],
])("parseCodename of %j is %s", (text, codename) => {
  expect(parseCodename(text)).toBe(codename);
});
