import type { AcknowledgedWrite } from "../acknowledged-write.ts";

/** What a process of writers is told, as one line of JSON on its standard input. Its end ends the process. */
export interface WriterSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly writers: readonly {
    readonly writer: number;
    /** Milliseconds to wait for an answer before the connection is given up. */
    readonly patienceMs: number;
  }[];
}

/** What it tells, one line each. */
export type WriterLine =
  | { readonly acknowledged: AcknowledgedWrite }
  | { readonly failed: string; readonly writer: number; readonly at: number };

export function formatLine(line: WriterLine): string {
  if ("failed" in line) return JSON.stringify(line);
  const { writer, number, sentAt, at, server, timeline } = line.acknowledged;
  return JSON.stringify([writer, number, sentAt, at, server, timeline]);
}

/** Throws when the line is none of a writer's. */
export function parseLine(text: string): WriterLine {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return value as WriterLine;
  const [writer, number, sentAt, at, server, timeline] = value as [number, number, number, number, string, number];
  return { acknowledged: { writer, number, sentAt, at, server, timeline } };
}
