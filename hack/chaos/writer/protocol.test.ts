import { expect, test } from "vitest";
import { formatLine, parseLine, type WriterLine } from "./protocol.ts";

test.each<WriterLine>([
  { acknowledged: { writer: 1, number: 2, sentAt: 3.25, at: 4.5, server: "10.244.1.2", timeline: 5 } },
  { failed: "connection refused\nby the server", writer: 1, at: 2 },
])("what is told is one line, and is read as it was told: %o", (line) => {
  const text = formatLine(line);
  expect(text).not.toContain("\n");
  expect(parseLine(text)).toEqual(line);
});
