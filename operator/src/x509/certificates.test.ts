import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { issue } from "./certificates.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const DAY_MS = 86_400_000;

const SUBJECTS = {
  one: { commonName: "one", hosts: ["*.members.layer.svc.cluster.local"] },
  other: { commonName: "other", hosts: ["other.layer.svc.cluster.local", "localhost"] },
};

const { authority, identities } = issue("an authority", SUBJECTS, { now: NOW, validMs: 3_650 * DAY_MS });
const root = new X509Certificate(authority);
const [one, other] = [identities.one, identities.other].map(({ certificate }) => new X509Certificate(certificate));

test("the authority has signed itself and both parties, and each has its key", () => {
  expect(root.ca).toBe(true);
  expect(root.verify(root.publicKey)).toBe(true);
  for (const [party, { key }] of [
    [one, identities.one],
    [other, identities.other],
  ] as const) {
    expect(party?.ca).toBe(false);
    expect(party?.checkIssued(root)).toBe(true);
    expect(party?.verify(root.publicKey)).toBe(true);
    expect(party?.checkPrivateKey(createPrivateKey(key))).toBe(true);
  }
  expect(one?.checkPrivateKey(createPrivateKey(identities.other.key))).toBe(false);
});

test("a party answers as its hosts, and as no others", () => {
  expect(one?.checkHost("postgresql-0.members.layer.svc.cluster.local")).toBeDefined();
  expect(one?.checkHost("members.layer.svc.cluster.local")).toBeUndefined();
  expect(one?.checkHost("a.b.members.layer.svc.cluster.local")).toBeUndefined();
  expect(other?.checkHost("other.layer.svc.cluster.local")).toBeDefined();
  expect(other?.subject).toBe("CN=other");
  expect(other?.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
});

test("certificates are valid from an hour ago on, for as long as was asked, beyond 2049 as well", () => {
  expect(root.validFromDate).toEqual(new Date("2026-11-29T11:00:00Z"));
  expect(one?.validToDate).toEqual(new Date(NOW + 3_650 * DAY_MS));
  const late = issue("late", {}, { now: Date.parse("2051-02-03T04:05:06Z"), validMs: DAY_MS });
  expect(new X509Certificate(late.authority).validToDate).toEqual(new Date("2051-02-04T04:05:06Z"));
});

test("no two have a number, and no two authorities a key", () => {
  const again = issue("an authority", SUBJECTS, { now: NOW, validMs: DAY_MS });
  const all = [root, one, other, new X509Certificate(again.authority)];
  expect(new Set(all.map((certificate) => certificate?.serialNumber)).size).toBe(4);
  expect(one?.verify(new X509Certificate(again.authority).publicKey)).toBe(false);
});
