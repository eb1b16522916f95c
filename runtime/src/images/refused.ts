import { Problem } from "../kit/http/problem.ts";

/** Why an image is refused: no image of a type that is accepted, or one that cannot be used. */
export type Refusal = "unsupported-media-type" | "image-refused";

/** What was sent is not accepted as an image, whoever sends it and whenever. */
export class ImageRefusedError extends Error {
  override readonly name = "ImageRefusedError";
  readonly refusal: Refusal;
  /** What to do about it. */
  readonly cure: string;

  /** @param what goes on after "the image": "ends in the middle" */
  constructor(what: string, cure: string, refusal: Refusal = "image-refused", options?: ErrorOptions) {
    super(what, options);
    this.refusal = refusal;
    this.cure = cure;
  }

  get problem(): Problem {
    const errors = [{ pointer: "#", detail: this.message }];
    return new Problem(this.refusal, `The image ${this.message}. ${this.cure}`, { errors, cause: this });
  }
}

export const saveAnew = "Save it anew with a program for pictures, and send that.";

export function truncated(what: string): ImageRefusedError {
  return new ImageRefusedError(`ends in the middle of ${what}`, "It seems to have been cut off: send the whole file.");
}

export function malformed(what: string): ImageRefusedError {
  return new ImageRefusedError(what, saveAnew);
}
