import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WatchEvent, watchEvents } from "./watch-events.ts";

async function* chunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const end of [...cuts].sort((a, b) => a - b)) {
    yield bytes.subarray(start, end);
    start = end;
  }
  yield bytes.subarray(start);
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of watchEvents(bytes)) {
    events.push(event);
  }
  return events;
}

describe("watchEvents", () => {
  it("finds the same events wherever the stream is cut, in the middle of a character too", async () => {
    const events = ["Zürich", "東京", "a\nb", "🦀"].map((note, i) => ({
      type: "ADDED",
      object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", resourceVersion: String(i) }, note },
    }));
    const bytes = new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        expect(await read(chunks(bytes, cuts))).toEqual(events);
      }),
    );
  });

  it("says why a watch ended, without quoting what it carried", async () => {
    const readText = (text: string) => read(chunks(new TextEncoder().encode(text), []));
    await expect(
      readText('{"type":"ERROR","object":{"code":410,"reason":"Expired","message":"too old"}}\n'),
    ).rejects.toMatchObject({ status: 410, reason: "Expired", message: "the API server ended the watch: too old" });
    await expect(readText('{"data":"cGFzc3dvcmQ=\n')).rejects.toThrow("a line of 21 characters in a watch is no JSON");
    await expect(readText('{"type":"ADDED"')).rejects.toThrow("the watch ended in the middle of an event");
  });
});
