import type { Request, RequestHandler, Response } from "express";
import { type Answer, answerOnce } from "../idempotency/answer.ts";
import { keyOf, replayedHeader } from "../idempotency/key.ts";
import { noteBytes } from "../kit/http/body.ts";
import { leaveFlight } from "../kit/http/flight.ts";
import { Problem } from "../kit/http/problem.ts";
import { conditionOf, etagOf, missingProfile, pathOf, versionMismatch } from "../profiles/http.ts";
import { type Profile, profileParameters } from "../profiles/profile.ts";
import { VersionMismatchError } from "../profiles/service.ts";
import { largestSize } from "./image.ts";
import type { ImageLinks } from "./links.ts";
import type { ImageMetrics, UploadOutcome } from "./metrics.ts";
import { ProfileWrite, type ProfileWriteOptions } from "./profile-write.ts";
import { AbortedUploadError, type ReceiveLimits, receiveFile } from "./receive.ts";
import { ImageRefusedError } from "./refused.ts";
import type { ImageService } from "./service.ts";

export interface UploadOptions extends ProfileWriteOptions {
  readonly images: ImageService;
  readonly links: ImageLinks;
  readonly limits: ReceiveLimits;
  readonly metrics: Pick<ImageMetrics, "uploads">;
}

/** Receives an image and gives it to a profile. */
export function uploadHandler(options: UploadOptions): RequestHandler {
  const { uploads } = options.metrics;
  return async (request, response) => {
    try {
      uploads.inc({ outcome: await upload(options, request, response) });
    } catch (thrown) {
      const problem = toProblem(thrown);
      uploads.inc({ outcome: outcomeOf(thrown, problem) });
      throw problem;
    }
  };
}

async function upload(options: UploadOptions, request: Request, response: Response): Promise<UploadOutcome> {
  const { images, links, limits } = options;
  const { id } = pathOf(request, profileParameters);
  const condition = conditionOf(request);
  // A request with a key may be one that was carried out when the profile was there and had room.
  const before = keyOf(request) === undefined ? await images.profile(id) : undefined;
  if (keyOf(request) === undefined && before === undefined) throw missingProfile(id);
  // It waits for its client, and then in a queue of its own, both of which have bounds.
  leaveFlight(request);
  const file = await receiveFile(request, limits);
  const write = new ProfileWrite(options, id);
  try {
    // The boundary of a form may differ when the same image is sent again: the file alone tells.
    noteBytes(request, file.hash);
    const image = await images.store(file, endOf(response), before);
    await answerOnce(write, request, response, async (transaction) => {
      const added = await images.add(transaction, id, image, condition);
      if (added === undefined) throw missingProfile(id);
      write.note(added.effect);
      return created(links, added.profile, image.hash.toString("hex"));
    });
  } finally {
    file.release();
  }
  if (response.hasHeader(replayedHeader)) return "replayed";
  return write.effect.kind === "updated" ? "stored" : "duplicate";
}

function created(links: ImageLinks, stored: Profile, hash: string): Answer {
  const profile = links.profile(stored);
  const image = profile.images.find((candidate) => candidate.hash === hash);
  const headers = { Location: links.url(hash, largestSize), ETag: etagOf(profile) };
  return { status: 201, headers, body: { image, profile, source: "database" } };
}

/** Aborts when the client goes away before it has been answered. */
function endOf(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort(new AbortedUploadError("the client went away before it was answered")));
  return controller.signal;
}

function toProblem(thrown: unknown): unknown {
  if (thrown instanceof ImageRefusedError) return thrown.problem;
  if (thrown instanceof VersionMismatchError) return versionMismatch(thrown);
  if (thrown instanceof AbortedUploadError) {
    return new Problem("bad-request", "The connection ended before the image had arrived.", { cause: thrown });
  }
  return thrown;
}

function outcomeOf(thrown: unknown, problem: unknown): UploadOutcome {
  if (thrown instanceof AbortedUploadError) return "aborted";
  if (!(problem instanceof Problem)) return "failed";
  if (problem.details.status === 503) return "busy";
  return problem.details.status >= 500 ? "failed" : "refused";
}
