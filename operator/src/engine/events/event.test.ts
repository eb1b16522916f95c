import { describe, expect, it } from "vitest";
import { eventKey, newEvent } from "./event.ts";

const node = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n".repeat(250), uid: "u" } };
const content = { type: "Normal", reason: "Created", action: "Apply", note: "é".repeat(2000) } as const;
const by = {
  reportingController: "example.com/x",
  reportingInstance: "pod-1",
  now: Date.parse("2030-01-01T00:00:00Z"),
};

describe("newEvent", () => {
  it("fits into what the API server takes: name, note, namespace of something cluster-wide, six decimals", () => {
    const event = newEvent(node, content, by);
    expect(event.metadata.name).toHaveLength(253);
    expect(event.metadata.namespace).toBe("default");
    expect(event["eventTime"]).toBe("2030-01-01T00:00:00.000000Z");
    const note = event["note"] as string;
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
    expect(note).toMatch(/^é+…$/);
  });

  it("never has the same name twice", () => {
    expect(newEvent(node, content, by).metadata.name).not.toBe(newEvent(node, content, by).metadata.name);
  });
});

describe("eventKey", () => {
  it("tells objects, and what is said of them, apart", () => {
    const again = { ...node, metadata: { ...node.metadata, uid: "made again" } };
    expect(eventKey(node, content)).toBe(eventKey({ ...node }, { ...content }));
    expect(eventKey(node, content)).not.toBe(eventKey(again, content));
    expect(eventKey(node, content)).not.toBe(eventKey(node, { ...content, note: "other" }));
  });
});
