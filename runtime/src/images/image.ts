import { z } from "zod";

/** The sizes in which an image is served, and the side of the square that each fits into, in pixels. */
export const sizes = { thumbnail: 160, medium: 640, large: 1_600 } as const;
export type SizeName = keyof typeof sizes;
export const sizeNames = Object.keys(sizes) as readonly SizeName[];
export const largestSize = "large" satisfies SizeName;

/** What every image is turned into. */
export const servedType = "image/webp";
export const servedExtension = "webp";

/** One size of a stored image. */
export interface StoredSize {
  readonly width: number;
  readonly height: number;
  /** Length of what is served. */
  readonly bytes: number;
}
export type StoredSizes = Readonly<Record<SizeName, StoredSize>>;

/** An image as a profile holds it; where it is served is added when it is shown. */
export interface StoredImage {
  /** 64 hexadecimal digits that only this content has, in all its sizes. */
  readonly hash: string;
  readonly type: typeof servedType;
  readonly sizes: StoredSizes;
}

const pixels = z.int().min(1).meta({ description: "In pixels." });

const imageSize = z.object({
  url: z.string().meta({ description: "Where it is served: absolute, or a path on this server." }),
  width: pixels,
  height: pixels,
  bytes: z.int().min(1),
});

export const imageHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be the 64 hexadecimal digits of an image's hash")
  .meta({ description: "Names the content, in all its sizes: SHA-256, in hexadecimal." });

/** An image as the API shows it. */
export const imageSchema = z.object({
  hash: imageHash,
  type: z.literal(servedType).meta({ description: "The media type in which it is served." }),
  width: pixels,
  height: pixels,
  sizes: z
    .object({ thumbnail: imageSize, medium: imageSize, large: imageSize } satisfies Record<SizeName, z.ZodType>)
    .meta({ description: "Each fits into a square, and none is larger than what was uploaded." }),
});
export type Image = Readonly<z.infer<typeof imageSchema>>;

/** The parameters in the path of an image of a profile. */
export const profileImageParameters = z.strictObject({ id: z.uuid(), hash: imageHash });

/** The parameters in the path under which an image is served. */
export const servedParameters = z.strictObject({
  hash: imageHash,
  file: z
    .enum(
      sizeNames.map((name) => `${name}.${servedExtension}` as const),
      `must be one of ${sizeNames.map((name) => `${name}.${servedExtension}`).join(", ")}`,
    )
    .meta({ description: "The size, and the extension of its type." }),
});
