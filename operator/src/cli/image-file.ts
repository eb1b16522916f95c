import { readFileSync } from "node:fs";
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { DEFAULT_IMAGES, type ImageCatalogue } from "../images.ts";
import { IMAGE_NAMES } from "../names.ts";

const reference = z.string().regex(/^\S+$/, "must be an image such as registry/name:tag");
const catalogue = z.strictObject({
  postgresql: reference.optional(),
  redis: reference.optional(),
  rabbitmq: reference.optional(),
  runtime: reference.optional(),
  // The same file tells an installer of the operator's own image, and tests of Prometheus'; no platform runs either.
  operator: reference.optional(),
  prometheus: reference.optional(),
} satisfies Record<(typeof IMAGE_NAMES)[number] | "operator" | "prometheus", unknown>);

/** The images that a JSON file names, and the built-in ones for the rest. Without a file all are built-in. */
export function readImages(file: string | undefined): ImageCatalogue {
  if (file === undefined || file === "") return DEFAULT_IMAGES;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: give the path of a JSON file that names images`, { cause });
  }
  return parseImages(file, text);
}

/** The same from a text; `source` names it in messages. Throws UsageError. */
export function parseImages(source: string, text: string): ImageCatalogue {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${source} is no JSON: write {"runtime": "registry/name:tag"}`, { cause });
  }
  const parsed = catalogue.safeParse(json);
  if (!parsed.success) {
    const known = IMAGE_NAMES.join(", ");
    const lines = parsed.error.issues.map(({ path, message }) => `${source}: ${path.join(".")} ${message}`.trimEnd());
    throw new UsageError(`${lines.join("\n")}\nIt is an object of image references by name; names are ${known}.`);
  }
  const images = IMAGE_NAMES.map((name) => [name, parsed.data[name] ?? DEFAULT_IMAGES[name]] as const);
  return Object.fromEntries(images) as ImageCatalogue;
}
