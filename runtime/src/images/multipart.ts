import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import busboy, { type Busboy } from "busboy";
import { toError } from "../kit/errors.ts";
import { jsonPointer } from "../kit/http/pointer.ts";
import { Problem } from "../kit/http/problem.ts";
import type { FileCollector } from "./body.ts";

/** The name of the one field of a form that holds an image. */
export const imageField = "image";

/** Bytes that a form may have beside the file: boundaries, names, headers. */
export const formOverhead = 16 * 1_024;

/**
 * Takes the file out of a `multipart/form-data` body.
 *
 * @throws Problem when the body is no such form, or the form has anything but one file named `image`; and what the
 * collector throws
 */
export async function readForm(
  headers: IncomingHttpHeaders,
  chunks: AsyncIterable<Buffer>,
  collector: FileCollector,
): Promise<void> {
  const form = new FormReader(headers, collector);
  try {
    for await (const chunk of chunks) await form.write(chunk);
    await form.end();
  } finally {
    form.destroy();
  }
}

/** The parser reports by events, in which nothing may be thrown: the first failure is kept for who writes to it. */
class FormReader {
  readonly #parser: Busboy;
  #failure: Error | undefined;
  #files = 0;

  constructor(headers: IncomingHttpHeaders, collector: FileCollector) {
    this.#parser = parserFor(headers);
    this.#parser.on("file", (name, file) => {
      file.on("error", (err) => this.#fail(broken(err)));
      this.#files += 1;
      if (name !== imageField || this.#files > 1) this.#fail(unexpected(name));
      file.on("data", (chunk: Buffer) => {
        if (this.#failure !== undefined) return;
        try {
          collector.add(chunk);
        } catch (thrown) {
          this.#fail(toError(thrown));
        }
      });
    });
    // A part without a file name is taken for a text, whatever its type.
    this.#parser.on("field", (name) => this.#fail(unexpected(name, "must be a file, with a file name")));
    for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const) {
      this.#parser.on(limit, () => this.#fail(unexpected("")));
    }
    this.#parser.on("error", (err) => this.#fail(broken(err)));
  }

  async write(chunk: Buffer): Promise<void> {
    if (!this.#parser.write(chunk) && this.#failure === undefined) {
      await once(this.#parser, "drain").catch((thrown: unknown) => this.#fail(broken(thrown)));
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async end(): Promise<void> {
    const closed = once(this.#parser, "close");
    this.#parser.end();
    await closed.catch((thrown: unknown) => this.#fail(broken(thrown)));
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#files === 0) throw unexpected("");
  }

  destroy(): void {
    this.#parser.destroy();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
  }
}

function parserFor(headers: IncomingHttpHeaders): Busboy {
  try {
    return busboy({ headers, limits: { parts: 2, files: 2, fields: 1, fieldSize: 1_024, headerPairs: 20 } });
  } catch (cause) {
    throw broken(cause);
  }
}

function broken(cause: unknown): Problem {
  return new Problem("bad-request", "The body is not a valid multipart/form-data form.", { cause });
}

function unexpected(name: string, wrong = "must be one file, given once"): Problem {
  const pointer = jsonPointer(name === "" || name === undefined ? [] : [name]);
  const detail = pointer === jsonPointer([imageField]) ? wrong : "is not expected here";
  const errors = [{ pointer, detail: pointer === "#" ? `must hold one file named ${imageField}` : detail }];
  return new Problem("validation-failed", `Send a form with one file named ${imageField}, and nothing else.`, {
    errors,
  });
}
