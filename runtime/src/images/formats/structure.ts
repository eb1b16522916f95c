/** A stretch of a file, from its first byte up to the one after its last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What an image's file says of itself, read without decoding a single pixel. */
export interface Structure {
  readonly width: number;
  readonly height: number;
  /** Bytes of a colour in memory: 2 for 16-bit images. */
  readonly depth: 1 | 2;
  /** Where the image ends; what comes after is not part of it. */
  readonly end: number;
  /** Where there may be anything: comments, metadata, chunks that decoders pass by. */
  readonly metadata: readonly Stretch[];
}

/** Reads the structure of a file of one type. @throws ImageRefusedError when it is broken or cut off */
export type StructureReader = (file: Buffer) => Structure;
