import { malformed, truncated } from "../refused.ts";
import type { Stretch, Structure } from "./structure.ts";

/** Each scan of a progressive image makes a decoder pass over all of it: no camera or program writes nearly as many. */
const mostScans = 100;

const startOfScan = 0xda;
const endOfImage = 0xd9;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly depth: 1 | 2;
}

/**
 * Walks through the segments. Further JPEG images may follow the first one, as they do where a camera adds a preview or
 * a gain map (CIPA DC-007); they and the padding between count as part of the file.
 */
export function readJpeg(file: Buffer): Structure {
  const first = readOne(file, 0);
  const metadata = [...first.metadata];
  let { end } = first;
  for (;;) {
    const next = afterPadding(file, end);
    if (next === file.length) return { ...first, metadata, end: next };
    if (!isStart(file, next)) return { ...first, metadata, end };
    const further = readOne(file, next);
    metadata.push(...further.metadata);
    ({ end } = further);
  }
}

export function isStart(file: Buffer, at: number): boolean {
  return file[at] === 0xff && file[at + 1] === 0xd8 && file[at + 2] === 0xff;
}

function afterPadding(file: Buffer, from: number): number {
  let at = from;
  while (file[at] === 0 || file[at] === 0x0a || file[at] === 0x0d) at += 1;
  return at;
}

function readOne(file: Buffer, start: number): Structure {
  const metadata: Stretch[] = [];
  let frame: Frame | undefined;
  let scans = 0;
  let at = start + 2;
  for (;;) {
    const marker = markerAt(file, at);
    at = marker.after;
    if (marker.code === endOfImage) break;
    if (isStandalone(marker.code)) continue;
    const to = at + lengthAt(file, at);
    if (to > file.length) throw truncated("a segment");
    if (isFrame(marker.code)) frame = readFrame(file, at + 2);
    else if (isFree(marker.code)) metadata.push({ from: at + 2, to });
    at = to;
    if (marker.code === startOfScan) {
      scans += 1;
      if (scans > mostScans) throw malformed(`has more than ${mostScans} scans`);
      at = afterScan(file, at);
    }
  }
  if (frame === undefined || scans === 0) throw malformed("is a JPEG without a picture");
  return { ...frame, metadata, end: at };
}

function markerAt(file: Buffer, start: number): { readonly code: number; readonly after: number } {
  let at = start;
  if (at >= file.length) throw truncated("the file: its end is missing");
  if (file[at] !== 0xff) throw malformed(`is broken at byte ${at}: a JPEG marker is missing`);
  while (file[at] === 0xff) at += 1;
  const code = file[at];
  if (code === undefined) throw truncated("a marker");
  if (code === 0 || code === 0xd8) throw malformed(`is broken at byte ${at}: there is no JPEG marker ${code}`);
  return { code, after: at + 1 };
}

function lengthAt(file: Buffer, at: number): number {
  if (at + 2 > file.length) throw truncated("a segment");
  const length = file.readUInt16BE(at);
  if (length < 2) throw malformed(`is broken at byte ${at}: a segment has no length`);
  return length;
}

/** TEM and restart markers have no contents. */
function isStandalone(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd7);
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them. */
function isFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

/** Application segments and comments; and what the standard reserves, which decoders pass by. */
function isFree(code: number): boolean {
  return code >= 0xe0 || code < 0xc0;
}

function readFrame(file: Buffer, at: number): Frame {
  if (at + 6 > file.length) throw truncated("its header");
  const height = file.readUInt16BE(at + 1);
  const width = file.readUInt16BE(at + 3);
  return { width, height, depth: (file[at] ?? 8) > 8 ? 2 : 1 };
}

/** Within a scan 0xff is followed by 0, or by a restart marker. */
function afterScan(file: Buffer, start: number): number {
  let at = start;
  for (;;) {
    at = file.indexOf(0xff, at);
    const code = at === -1 ? undefined : file[at + 1];
    if (code === undefined) throw truncated("the picture");
    if (code === 0xff) at += 1;
    else if (code === 0 || (code >= 0xd0 && code <= 0xd7)) at += 2;
    else return at;
  }
}
